"""A checkpoint as checkpoint-svc keeps it: what decides and changes in one row, what is only shown in another."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_created import Kind, Risk
from sluicegate_schemas.job_lifecycle import AnswerOutcome


class Checkpoint(NamedTuple):
    """Identity, state and decision of one checkpoint; small, because each decision reads and writes it."""

    checkpoint_id: UUID
    job_id: str
    run: int
    job_type: str
    key: str
    ask: int
    supersedes: UUID | None
    kind: Kind
    title: str
    risk: Risk
    payload_digest: str
    allowed_decisions: str
    """A JSON list, as the handler asked."""
    requested_by: str
    handler_version: str
    recorded_at: datetime
    expires_at: datetime | None
    """None: never."""
    state: State
    version: int
    """Goes up with every change that a reader can see."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    decision_id: UUID | None = None
    decided_by: str | None = None
    """None with a decision: nobody decided; a deadline, the run's end or a later ask did."""
    decided_at: datetime | None = None
    reason: str | None = None
    edited_payload: bytes | None = None
    """The exact bytes that run instead of the payload."""
    edited_digest: str | None = None
    signed: str | None = None
    """The exact text that was signed."""
    signature: str | None = None
    key_id: str | None = None
    applied: AnswerOutcome | None = None
    """What became of the decision; None until the worker answers."""
    applied_reason: str | None = None
    applied_at: datetime | None = None

    @property
    def waited(self) -> timedelta:
        """From record to decision, both by this service's database clock."""
        return (self.decided_at or self.recorded_at) - self.recorded_at

    def offers(self, choice: str) -> bool:
        """Whether the handler allowed this kind of decision."""
        return choice in json.loads(self.allowed_decisions)


class Exhibit(NamedTuple):
    """What a reviewer looks at; written once, with the checkpoint, and never read to decide."""

    checkpoint_id: UUID
    payload: bytes
    """The exact bytes that the digest names."""
    description: str | None
    payload_schema: str | None
    """JSON."""
    view: str | None
    """JSON."""
    policy: str | None
    on_expiry: str
    asked_at: datetime
    """By the worker's clock."""


class ClosedRun(NamedTuple):
    """The last run of a job that is known to have ended; approvals of it, or of an older one, are void."""

    job_id: str
    run: int
