"""What can happen to a run, one class per happening."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sluicegate_worker.domain.controls import Control
from sluicegate_worker.domain.decisions import Verdict
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Lease


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """Somebody wants a job done, perhaps not for the first time."""

    job_id: str
    job_type: str
    priority: int
    max_attempts: int
    run_at: datetime | None
    digest: str
    upstream: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A replica takes a ready run."""

    owner: UUID
    worker_id: str
    handler_version: str


@dataclass(frozen=True, slots=True)
class Announced:
    """The run is still running a little after its claim: time to say so."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Recorded:
    """The attempt writes to its journal."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class ProgressMade:
    """The handler says how far it is."""

    lease: Lease
    value: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """The attempt asked for approval and leaves its slot."""

    lease: Lease
    written_by: UUID
    checkpoint_id: UUID
    decided: bool
    """The decision is in the journal already."""
    steps: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The handler returned."""

    result: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised."""

    error: str
    """JSON `{type, message, retryable}`."""
    retry_after_seconds: float | None
    """None: not worth another attempt."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person said no, and the handler did not go on from there."""

    error: str
    """JSON: which checkpoint, and why."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time, and the handler did not go on from there."""

    error: str
    """JSON: which checkpoint."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The handler left because the job was cancelled."""


End: TypeAlias = Succeeded | Failed | Rejected | Expired | Cancelled


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The handler is through."""

    lease: Lease
    written_by: UUID
    end: End
    steps: str


@dataclass(frozen=True, slots=True)
class Released:
    """The replica gives the run back, because it stops or has lost track of it. Counts no attempt."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class LeaseExpired:
    """The owner was not heard of for too long."""

    owner: UUID


@dataclass(frozen=True, slots=True)
class DecisionReceived:
    """A verified decision on a checkpoint of this job."""

    entry: Entry
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ControlReceived:
    """A cancel or a retry, perhaps not for the first time; then with its outcome."""

    control: Control


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Somebody wants the latest state once more."""

    control_id: UUID | None


@dataclass(frozen=True, slots=True)
class Due:
    """The time of a delayed run may have come, or that of a blocked one may be over."""


@dataclass(frozen=True, slots=True)
class NoHandler:
    """No live replica handles its type."""

    patience_seconds: float
    """How long it may stay so, counted from when it was ready."""


@dataclass(frozen=True, slots=True)
class HandlerBack:
    """A live replica handles its type."""


Command: TypeAlias = (
    RequestReceived
    | Claimed
    | Announced
    | Recorded
    | ProgressMade
    | Suspended
    | AttemptEnded
    | Released
    | LeaseExpired
    | DecisionReceived
    | ControlReceived
    | ReportAsked
    | Due
    | NoHandler
    | HandlerBack
)
