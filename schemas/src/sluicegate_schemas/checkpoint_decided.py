"""`checkpoint-decided`: the one effective outcome of a checkpoint, signed."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field, StrictFloat

from sluicegate_schemas.ids import JobId
from sluicegate_schemas.model import Digest, Event, LongText, Part, Timestamp


class Outcome(StrEnum):
    """How a checkpoint ended."""

    APPROVED = "approved"
    REJECTED = "rejected"
    """A person said no."""
    EXPIRED = "expired"
    """Nobody decided in time; it was no person's answer."""
    CANCELLED = "cancelled"
    """The run ended before anybody decided."""
    INVALIDATED = "invalidated"
    """A later ask took its place."""


class SignedDecision(Part):
    """The fields that checkpoint-svc signs; a worker takes them from the signed text alone."""

    model_config = ConfigDict(extra="forbid")

    checkpoint_id: UUID
    job_id: JobId
    run: Annotated[int, Field(ge=1, strict=True)]
    decision_id: UUID
    outcome: Outcome
    payload_digest: Digest
    edited_digest: Digest | None = None
    at: Timestamp
    key_id: str


class CheckpointDecided(Event):
    """A decision. Its unsigned copies of signed fields are for people and tools; the worker ignores them."""

    event: ClassVar = "checkpoint-decided"

    checkpoint_id: UUID
    job_id: JobId
    run: Annotated[int, Field(ge=1, strict=True)]
    decision_id: UUID
    outcome: Outcome
    payload_digest: Digest
    edited_payload: str | None = None
    """The exact JSON text that runs instead; checked against `editedDigest`, never re-encoded."""
    edited_digest: Digest | None = None
    """Over the UTF-8 bytes of `editedPayload`."""
    decided_by: list[str]
    reason: LongText | None = None
    policy_version: str | None = None
    waited_ms: StrictFloat
    at: Timestamp
    signed: str
    """The exact text that was signed: JSON of `SignedDecision`."""
    signature: str
    """Ed25519 (RFC 8032) over the UTF-8 bytes of `signed`, base64url without padding."""
    key_id: str
