"""`job-lifecycle`: the full state of a run, each time it changes or is asked for."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue, StrictBool, StrictFloat, StrictInt

from sluicegate_schemas.ids import JobId
from sluicegate_schemas.job_requested import JobRequested, JobType
from sluicegate_schemas.model import Event, Part, Timestamp

STATUS_HEADER = "sg_status"
"""Repeats `status`, so that a reader can pass over what does not concern it without reading the value."""
ANSWERS_HEADER = "sg_answers"
"""There if the event carries `answers`."""


class Status(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Ready for a slot, or waiting for `readyAt` before it is tried again."""
    RUNNING = "running"
    """A replica executes it under a lease."""
    WAITING = "waiting"
    """Suspended until a checkpoint is decided; it holds no slot."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"
    """A person said no, and the handler did not go on from there."""
    EXPIRED = "expired"
    """Nobody decided in time, and the handler did not go on from there."""
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """Whether the run has ended."""
        return self in TERMINAL


TERMINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.CANCELLED})


class AnswerOutcome(StrEnum):
    """What became of a control or a decision."""

    APPLIED = "applied"
    MOOT = "moot"
    REFUSED = "refused"


class Answer(Part):
    """Tells the sender of a control or a decision what became of it."""

    control_id: UUID | None = None
    decision_id: UUID | None = None
    outcome: AnswerOutcome
    reason: str | None = None


class StepSummary(Part):
    """One journal entry that the attempt used."""

    name: str
    kind: str
    """`step`, `approval`, `info`; open: later versions may add more."""
    duration_ms: StrictFloat
    replayed: StrictBool | None = None
    """True: it was in the journal already, and what it stands for was not done again. None: false, or unknown."""


class JobError(Part):
    """Why an attempt failed."""

    type: str
    message: str
    retryable: StrictBool
    traceback: str | None = None
    """Where it was raised, from the handler's first frame on, as Python prints it."""


class JobLifecycle(Event):
    """A full snapshot.

    A late one (lower `seq`) fills the timeline and changes no state; its `answers` and `request` count all the same.
    """

    event: ClassVar = "job-lifecycle"

    job_id: JobId
    run: Annotated[int, Field(ge=1, strict=True)]
    seq: Annotated[int, Field(ge=1, strict=True)]
    """Goes up with every snapshot of the job, across runs; gaps are normal."""
    job_type: JobType
    status: Status
    priority: StrictInt
    attempt: StrictInt
    max_attempts: StrictInt
    worker_id: str | None = None
    lost_worker_id: str | None = None
    """The replica whose lease ran out, so that this attempt began."""
    handler_version: str | None = None
    progress: JsonValue | None = None
    ready_at: Timestamp | None = None
    blocked_reason: str | None = None
    waiting_for: list[UUID] | None = None
    steps: list[StepSummary] | None = None
    result: JsonValue | None = None
    error: JobError | None = None
    answers: list[Answer] | None = None
    request: JobRequested | None = None
    """The request, when it did not come from the api."""
    running_ms: StrictFloat = 0
    """Running time of all attempts of the run."""
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    at: Timestamp
