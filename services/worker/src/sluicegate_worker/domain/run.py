"""A run as it is kept: one row per job, of the job's current run."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sluicegate_schemas.job_lifecycle import Status

NO_HANDLER = "no-handler"
"""`blockedReason` of a run whose job type no live replica handles."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A replica's right to one run. Every write of an attempt shows it."""

    owner: UUID
    """One process start of one replica."""
    no: int
    """Goes up at every claim of the job, never back: the fence."""


class Run(NamedTuple):
    """The processing of a job from start to a terminal state; a retry of an ended one is the next run.

    Exactly one of these holds:
        ready     queued, `rank` set: any replica that handles the type may claim it
        delayed   queued, `due_at` set: gets its rank then
        blocked   queued, `blocked_reason` set: nobody handles the type; fails at `due_at`
        running   `owner` set
        waiting   `waiting_for` set
        terminal  `finished_at` set
    """

    job_id: str
    run: int
    """1, 2, …"""
    job_type: str
    status: Status
    priority: int
    """1 to 10; higher goes first."""
    attempt: int
    """1 + counted failures."""
    max_attempts: int
    request_digest: str
    """Of the request's content: tells a duplicate from another job with the same id."""
    upstream: bool
    """The request did not come from the api, which learns it from a lifecycle."""
    ready_at: datetime
    """Since when, or from when on, it may run."""
    seq: int = 0
    """Of its last lifecycle; goes on across runs."""
    control_seq: int = 0
    """Of the last control that was judged."""
    rank: datetime | None = None
    """The lowest is claimed first."""
    due_at: datetime | None = None
    blocked_reason: str | None = None
    owner: UUID | None = None
    lease_no: int = 0
    worker_id: str | None = None
    lost_worker_id: str | None = None
    """The replica whose lease ran out, so that the present attempt began."""
    claimed_at: datetime | None = None
    announced: bool = False
    """Whether a lifecycle has told the present status."""
    owes_request: bool = False
    """The next lifecycle carries the request."""
    owed_answers: str | None = None
    """JSON array: the next lifecycle carries these answers."""
    cancel_control: UUID | None = None
    """Asked for while running: seen at the next heartbeat or `ctx` call."""
    waiting_for: UUID | None = None
    """The open approval checkpoint."""
    handler_version: str | None = None
    progress: str | None = None
    """JSON, as the handler gave it."""
    steps: str | None = None
    """JSON array: what the last attempt recorded or replayed."""
    result: str | None = None
    error: str | None = None
    """JSON object `{type, message, retryable}` of the last failure."""
    running_ms: float = 0.0
    """Running time of all attempts of this run."""
    attempt_ms: float = 0.0
    """Running time of the present attempt before it was last suspended."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    written_by: UUID | None = None
    """The last attempt's write that moved the run: found again after a lost commit, it is success."""

    def held_under(self, lease: Lease) -> bool:
        """Whether this lease still gives the right to it."""
        return self.owner == lease.owner and self.lease_no == lease.no


class PastRun(NamedTuple):
    """An ended run that a retry has superseded."""

    job_id: str
    run: int
    status: Status
    attempt: int
    running_ms: float
    started_at: datetime | None
    finished_at: datetime | None
    result: str | None
    error: str | None
    steps: str | None


def past(run: Run) -> PastRun:
    """What is kept of it."""
    return PastRun(
        run.job_id,
        run.run,
        run.status,
        run.attempt,
        run.running_ms,
        run.started_at,
        run.finished_at,
        run.result,
        run.error,
        run.steps,
    )
