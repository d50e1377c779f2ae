"""Follows a run: what became of decisions on it, and what its end leaves undecided."""

from datetime import datetime

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, ClosedRun
from sluicegate_checkpoint_svc.domain.ruling import CANCELLED, Ruling
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.job_lifecycle import Answer


def answered(checkpoint: Checkpoint, answer: Answer, now: datetime) -> Checkpoint:
    """The checkpoint with what became of its decision; the first answer stays."""
    if checkpoint.applied is not None:
        return checkpoint
    return checkpoint._replace(
        applied=answer.outcome,
        applied_reason=answer.reason,
        applied_at=now,
        version=checkpoint.version + 1,
    )


def closed(known: ClosedRun | None, job_id: str, run: int) -> ClosedRun:
    """The job's last ended run, which never goes back."""
    return known if known is not None and known.run >= run else ClosedRun(job_id, run)


def left_undecided(checkpoint: Checkpoint, run: int) -> Ruling | None:
    """What the end of `run` makes of a checkpoint: cancelled, if it is pending and of that run or an older one."""
    return CANCELLED if checkpoint.state is State.PENDING and checkpoint.run <= run else None
