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
    code: str
    """Stable: what kind of defect."""
    reason: str
    at: datetime
    """When the topic's owner gave up on it."""
    received_at: datetime
    redrives: int = 0
    redriven_at: datetime | None = None
    redriven_by: str | None = None


class Header(Part):
    """A header of the record."""

    name: str
    value_base64: str

    @property
    def value(self) -> bytes:
        """Its raw bytes."""
        return base64.b64decode(self.value_base64)


class ShownDeadLetter(DeadLetter):
    """A dead letter with its raw bytes."""

    key_base64: str | None = None
    value_base64: str
    headers: list[Header] = Field(default_factory=list)

    @property
    def value(self) -> bytes:
        """The record's raw bytes."""
        return base64.b64decode(self.value_base64)
