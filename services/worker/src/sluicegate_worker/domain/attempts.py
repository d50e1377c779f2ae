"""What an attempt does to its run, under its lease: claim, suspend, end, give back, lose."""

import json
from datetime import datetime, timedelta
from typing import assert_never

from sluicegate_schemas.job_lifecycle import Status
from sluicegate_worker.domain.commands import (
    AttemptEnded,
    Cancelled,
    Claimed,
    Expired,
    Failed,
    LeaseExpired,
    ProgressMade,
    Rejected,
    Released,
    Succeeded,
    Suspended,
)
from sluicegate_worker.domain.ending import end, ran, tell
from sluicegate_worker.domain.errors import StaleLease
from sluicegate_worker.domain.events import Decided
from sluicegate_worker.domain.rank import resume_rank
from sluicegate_worker.domain.run import Lease, Run

LOST = json.dumps(
    {"type": "LeaseLost", "message": "its worker was lost at the last of its attempts", "retryable": False}
)


def claim(run: Run, claimed: Claimed, now: datetime) -> Decided:
    """A ready run gets its lease. It tells of it later, if it is still running then."""
    if run.rank is None:
        return Decided(run)
    return Decided(
        run._replace(
            status=Status.RUNNING,
            rank=None,
            owner=claimed.owner,
            lease_no=run.lease_no + 1,
            worker_id=claimed.worker_id,
            handler_version=claimed.handler_version,
            claimed_at=now,
            started_at=run.started_at or now,
            announced=False,
        )
    )


def fence(run: Run, lease: Lease) -> Decided:
    """Nothing changes; only the holder may pass.

    Raises:
        StaleLease: another lease holds the run, or none.
    """
    if not run.held_under(lease):
        raise StaleLease(f"job {run.job_id}: lease {lease.no} no longer holds it")
    return Decided(run)


def announce(run: Run, lease: Lease) -> Decided:
    """`running`, unless it is over or has been told."""
    if run.announced or not run.held_under(lease):
        return Decided(run)
    return tell(run, run.owed_answers)


def progress(run: Run, made: ProgressMade) -> Decided:
    """The run tells how far it is."""
    fence(run, made.lease)
    return tell(run, run.owed_answers, progress=made.value)


def suspend(run: Run, suspended: Suspended, now: datetime) -> Decided:
    """The run waits for a person; or is queued, if the answer is there; or ends, if it was to be cancelled."""
    if run.written_by == suspended.written_by:
        return Decided(run)
    fence(run, suspended.lease)
    if run.cancel_control is not None:
        return end(run, Status.CANCELLED, now, steps=suspended.steps, written_by=suspended.written_by)
    ran_ms = ran(run, now)
    if suspended.decided:
        return Decided(
            _requeued(run, now)._replace(
                written_by=suspended.written_by,
                steps=suspended.steps,
                attempt_ms=run.attempt_ms + ran_ms,
            )
        )
    return tell(
        run,
        run.owed_answers,
        status=Status.WAITING,
        owner=None,
        claimed_at=None,
        waiting_for=suspended.checkpoint_id,
        steps=suspended.steps,
        running_ms=run.running_ms + ran_ms,
        attempt_ms=run.attempt_ms + ran_ms,
        written_by=suspended.written_by,
    )


def attempt_ended(run: Run, ended: AttemptEnded, now: datetime) -> Decided:
    """The run ends, or is tried again later."""
    if run.written_by == ended.written_by:
        return Decided(run)
    fence(run, ended.lease)
    match ended.end:
        case Succeeded(result):
            return end(run, Status.SUCCEEDED, now, steps=ended.steps, result=result, written_by=ended.written_by)
        case Failed(error, retry_after_seconds):
            if retry_after_seconds is None or run.attempt >= run.max_attempts:
                return end(run, Status.FAILED, now, steps=ended.steps, error=error, written_by=ended.written_by)
            return _try_again(run, ended, error, retry_after_seconds, now)
        case Rejected(error):
            return end(run, Status.REJECTED, now, steps=ended.steps, error=error, written_by=ended.written_by)
        case Expired(error):
            return end(run, Status.EXPIRED, now, steps=ended.steps, error=error, written_by=ended.written_by)
        case Cancelled():
            return end(run, Status.CANCELLED, now, steps=ended.steps, written_by=ended.written_by)
        case _:
            assert_never(ended.end)


def release(run: Run, released: Released, now: datetime) -> Decided:
    """Back into the queue; the attempt goes on elsewhere."""
    if not run.held_under(released.lease):
        return Decided(run)
    if run.cancel_control is not None:
        return end(run, Status.CANCELLED, now)
    return Decided(_requeued(run, now)._replace(attempt_ms=run.attempt_ms + ran(run, now)))


def lease_expired(run: Run, expired: LeaseExpired, now: datetime) -> Decided:
    """Counts as a failed attempt: whatever took the worker down may do so again."""
    if run.owner != expired.owner:
        return Decided(run)
    if run.cancel_control is not None:
        return end(run, Status.CANCELLED, now)
    if run.attempt >= run.max_attempts:
        return end(run, Status.FAILED, now, error=LOST)
    return Decided(_requeued(run, now)._replace(attempt=run.attempt + 1, attempt_ms=0.0, lost_worker_id=run.worker_id))


def _try_again(run: Run, ended: AttemptEnded, error: str, after_seconds: float, now: datetime) -> Decided:
    if run.cancel_control is not None:
        return end(run, Status.CANCELLED, now, steps=ended.steps, error=error, written_by=ended.written_by)
    at = now + timedelta(seconds=after_seconds)
    return Decided(
        run._replace(
            status=Status.QUEUED,
            attempt=run.attempt + 1,
            lost_worker_id=None,
            ready_at=at,
            due_at=at,
            owner=None,
            claimed_at=None,
            announced=False,
            steps=ended.steps,
            error=error,
            running_ms=run.running_ms + ran(run, now),
            attempt_ms=0.0,
            written_by=ended.written_by,
        )
    )


def _requeued(run: Run, now: datetime) -> Run:
    return run._replace(
        status=Status.QUEUED,
        ready_at=now,
        rank=resume_rank(now, run.priority),
        owner=None,
        claimed_at=None,
        announced=False,
        running_ms=run.running_ms + ran(run, now),
    )
