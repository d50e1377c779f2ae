"""Dead letters, as the api shows them."""

import base64
from datetime import datetime
from uuid import UUID

from pydantic import Field

from sluicegate_schemas.model import Part


class DeadLetter(Part):
    """A record that could not be handled, and why."""

    id: UUID
    topic: str
    partition: int
    offset: int
    key: str | None = None
    """Base64."""
    key_text: str | None = None
    """The key as far as it is text."""
    code: str
    """Stable: what kind of defect."""
    reason: str
    at: datetime
    """When the topic's owner first gave up on it."""
    received_at: datetime
    times: int = 1
    """How often the same event came."""
    last_at: datetime | None = None
    """When the topic's owner last gave up on it."""
    job_id: str | None = None
    """The job that waits for it: its own request."""
    value_bytes: int | None = None
    """How long the value was, if the record was too large to be kept whole: then it can't be sent again."""
    redrives: int = 0
    redriven_at: datetime | None = None
    redriven_by: str | None = None


class RecordHeader(Part):
    """A header of the record."""

    name: str
    value: str
    """Base64."""


class ShownDeadLetter(DeadLetter):
    """A dead letter with the raw bytes of its record, as far as they are kept (`value_bytes`)."""

    value: str
    """Base64."""
    headers: list[RecordHeader] = Field(default_factory=list)

    def raw_value(self) -> bytes:
        """The record's value as it was."""
        return base64.b64decode(self.value)

    def raw_headers(self) -> list[tuple[str, bytes]]:
        """The record's headers as they were."""
        return [(header.name, base64.b64decode(header.value)) for header in self.headers]
