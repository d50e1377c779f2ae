"""Dead letters, as the api shows them."""

import base64
from datetime import datetime
from typing import Any

from pydantic import Field

from sluicegate_schemas.model import Part


class DeadLetter(Part):
    """A record that could not be handled, and why."""

    id: str
    topic: str
    partition: int | None = None
    offset: int | None = None
    code: str
    """Stable: what kind of defect."""
    reason: str
    at: datetime | None = None
    redriven_at: datetime | None = None


class ShownDeadLetter(DeadLetter):
    """A dead letter with its raw bytes."""

    key_base64: str | None = Field(default=None, alias="key")
    value_base64: str | None = Field(default=None, alias="value")
    headers: Any = None

    @property
    def value(self) -> bytes | None:
        """The record's raw bytes."""
        return None if self.value_base64 is None else base64.b64decode(self.value_base64)
