"""Runs that can't be claimed yet: delayed ones, and those whose type nobody handles."""

import json
from datetime import datetime, timedelta

from sluicegate_schemas.job_lifecycle import Status
from sluicegate_worker.domain.commands import NoHandler
from sluicegate_worker.domain.ending import end, tell
from sluicegate_worker.domain.events import Decided
from sluicegate_worker.domain.rank import first_rank
from sluicegate_worker.domain.run import NO_HANDLER, Run


def due(run: Run, now: datetime) -> Decided:
    """A delayed run becomes ready; a run that stayed blocked for too long fails."""
    if run.due_at is None or run.due_at > now:
        return Decided(run)
    if run.blocked_reason is not None:
        message = f"no worker handles {run.job_type!r}"
        error = json.dumps({"type": "NoHandler", "message": message, "retryable": False})
        return end(run, Status.FAILED, now, error=error)
    return Decided(run._replace(rank=first_rank(run.ready_at, run.priority), due_at=None))


def block(run: Run, command: NoHandler) -> Decided:
    """A ready run leaves the claim order, and says why."""
    if run.rank is None:
        return Decided(run)
    until = run.ready_at + timedelta(seconds=command.patience_seconds)
    return tell(run, run.owed_answers, rank=None, due_at=until, blocked_reason=NO_HANDLER)


def unblock(run: Run) -> Decided:
    """Back into the claim order, at the place that its age gives it."""
    if run.blocked_reason is None:
        return Decided(run)
    rank = first_rank(run.ready_at, run.priority)
    return Decided(run._replace(rank=rank, due_at=None, blocked_reason=None, announced=False))
