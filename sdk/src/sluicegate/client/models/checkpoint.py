"""A checkpoint: as a job lists it, and as checkpoint-svc shows it to a reviewer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field, JsonValue

from sluicegate_schemas.checkpoint_created import Kind, Risk, View
from sluicegate_schemas.model import Part


class State(StrEnum):
    """Where a checkpoint stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    """A person said no."""
    EXPIRED = "expired"
    """Nobody decided in time."""
    CANCELLED = "cancelled"
    """The run ended before anybody decided."""
    INVALIDATED = "invalidated"
    """A later ask took its place."""
    RECORDED = "recorded"
    """An info: it blocks nobody and is never decided."""


class Decision(Part):
    """The one effective outcome."""

    decision_id: UUID
    outcome: str
    by: list[str] | str | None = None
    """None: no person; a deadline, the run's end or a later ask."""
    reason: str | None = None
    at: datetime
    applied: Any = None
    """What became of it at the worker; None until the worker has answered."""

    @property
    def who(self) -> str:
        """The deciders in one line; empty when it was no person."""
        return ", ".join(self.by) if isinstance(self.by, list) else self.by or ""


class Checkpoint(Part):
    """One ask to a person."""

    checkpoint_id: UUID
    job_id: str
    run: int = 1
    job_type: str | None = None
    key: str = ""
    ask: int = 1
    kind: Kind
    title: str = ""
    description: str | None = None
    """The agent's own words; untrusted."""
    payload_digest: str | None = None
    view: View | None = None
    risk: Risk = Risk.MEDIUM
    state: State
    version: int | None = None
    allowed_decisions: list[str] = Field(default_factory=list)
    requested_by: str | None = None
    handler_version: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    """None: never."""
    decision: Decision | None = None


class ShownCheckpoint(Checkpoint):
    """A checkpoint with the exact bytes to decide on."""

    payload: JsonValue
    payload_text: str
    """The exact JSON text that the digest names and that would run."""
    etag: str | None = None
    """Names what was shown; a decision that sends it back is refused if that changed."""


class JobCheckpoint(Part):
    """A checkpoint as its job lists it, without the payload."""

    checkpoint_id: UUID
    run: int = 1
    key: str = ""
    kind: Kind
    title: str | None = None
    state: State
    url: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A payload to run in place of the one that was asked about."""

    payload: JsonValue
