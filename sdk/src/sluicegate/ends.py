"""How an attempt can end, as values that one function of the engine writes down."""

from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from sluicegate_schemas.job_lifecycle import JobError

__all__ = [
    "AttemptEnd",
    "Cancelled",
    "Expired",
    "Failed",
    "JobError",
    "Lost",
    "Rejected",
    "Succeeded",
    "Suspended",
]


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The handler returned, and asked for everything that its run had journaled."""

    result: bytes
    """JSON, at most `sluicegate_schemas.limits.RESULT_BYTES`."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised an error; `error.retryable` says whether another attempt could end otherwise."""

    error: JobError
    retry_after_seconds: float | None = None
    """The wait that the handler asked for. None: as the handler's `RetryPolicy` says."""
    raised: BaseException | None = field(default=None, compare=False, repr=False)
    """The error itself, for whoever reports errors; it is not written down."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person said no, and the handler did not go on from there."""

    key: str
    reason: str | None
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time, and the handler did not go on from there."""

    key: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was cancelled while the handler ran."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """The journal has already written it: the run waits for a person, or is queued if the answer is there."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The attempt has no lease: there is nothing to write."""


AttemptEnd: TypeAlias = Succeeded | Failed | Rejected | Expired | Cancelled | Suspended | Lost
