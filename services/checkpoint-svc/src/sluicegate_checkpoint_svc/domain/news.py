"""What people who watch are told: that a checkpoint came, changed, was decided, or was talked about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_created import Kind, Risk


class Happened(StrEnum):
    """What is new about a checkpoint."""

    RECORDED = "recorded"
    """It is here."""
    DECIDED = "decided"
    """It is no longer pending: a person, a deadline, the run's end or a later ask saw to that."""
    CHANGED = "changed"
    """It was acknowledged, or the worker told what became of its decision."""
    COMMENTED = "commented"
    """Somebody said something about it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to tell: what happened, and where the checkpoint stands then. Who wants more, reads it."""

    happened: Happened
    checkpoint_id: UUID
    job_id: str
    job_type: str
    kind: Kind
    risk: Risk
    state: State
    version: int
    """Who has seen a higher one knows better already."""


class News(NamedTuple):
    """What one commit changed. Kept for some minutes."""

    news_id: UUID
    at: datetime
    changes: str
    """JSON: a list of `Change`s."""


def recorded(checkpoint: Checkpoint) -> Change:
    """It is new."""
    return _change(Happened.RECORDED, checkpoint)


def moved(before: Checkpoint, after: Checkpoint) -> Change:
    """It is not what it was."""
    decided = before.state is State.PENDING and after.state is not State.PENDING
    return _change(Happened.DECIDED if decided else Happened.CHANGED, after)


def commented(checkpoint: Checkpoint) -> Change:
    """Somebody said something about it."""
    return _change(Happened.COMMENTED, checkpoint)


def _change(happened: Happened, checkpoint: Checkpoint) -> Change:
    return Change(
        happened,
        checkpoint.checkpoint_id,
        checkpoint.job_id,
        checkpoint.job_type,
        checkpoint.kind,
        checkpoint.risk,
        checkpoint.state,
        checkpoint.version,
    )
