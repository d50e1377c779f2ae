"""Judges a person's vote on a checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sluicegate_checkpoint_svc.domain.bulk import Batch
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import (
    AlreadyDecided,
    Changed,
    NotAnApproval,
    NotInBulk,
    NotOffered,
    SelfApproval,
)
from sluicegate_checkpoint_svc.domain.requester import Decider, is_requester
from sluicegate_checkpoint_svc.domain.ruling import EXPIRED, Edit, Ruling
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome


class Choice(StrEnum):
    """What a person can answer; the words of `allowedDecisions`."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit"
    """Approve another payload than the one that was asked about."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the caller had before their eyes."""

    digest: str
    version: int | None = None
    """None: any version with this payload."""

    def still_is(self, checkpoint: Checkpoint) -> bool:
        """Whether that is what is there now."""
        return self.digest == checkpoint.payload_digest and self.version in (None, checkpoint.version)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's answer."""

    decision_id: UUID
    """Made before the first try: finding it on the checkpoint means that this vote already won."""
    choice: Choice
    by: Decider
    reason: str | None = None
    edit: Edit | None = None
    """With `edit`, and only then."""
    shown: tuple[Shown, ...] | None = None
    """Any of these will do; None: the vote is on whatever is there."""
    batch: Batch | None = None
    """Of an approval in bulk."""

    @property
    def outcome(self) -> Outcome:
        """What it makes of the checkpoint."""
        return Outcome.REJECTED if self.choice is Choice.REJECT else Outcome.APPROVED


def judge(checkpoint: Checkpoint, vote: Vote, now: datetime) -> Ruling | None:
    """What becomes of the checkpoint. None: it already has this very decision.

    A vote after the deadline rules `expired`, whether or not the expiry loop has come by.

    Raises:
        NotAnApproval, SelfApproval, AlreadyDecided, Changed, NotInBulk, NotOffered
    """
    if checkpoint.kind is not Kind.APPROVAL:
        raise NotAnApproval(checkpoint)
    if is_requester(vote.by, checkpoint.requested_by):
        raise SelfApproval(checkpoint)
    if checkpoint.state is not State.PENDING:
        if _is_same(checkpoint, vote):
            return None
        raise AlreadyDecided(checkpoint)
    if is_late(checkpoint, now):
        return EXPIRED
    if vote.shown is not None and not any(shown.still_is(checkpoint) for shown in vote.shown):
        raise Changed(checkpoint)
    if vote.batch is not None and not vote.batch.takes(checkpoint):
        raise NotInBulk(checkpoint)
    if not checkpoint.offers(vote.choice):
        raise NotOffered(checkpoint)
    return Ruling(vote.outcome, vote.by.name, vote.reason, vote.edit)


def is_late(checkpoint: Checkpoint, now: datetime) -> bool:
    """Whether the deadline has passed."""
    return checkpoint.expires_at is not None and now >= checkpoint.expires_at


def _is_same(checkpoint: Checkpoint, vote: Vote) -> bool:
    if checkpoint.decision_id == vote.decision_id:
        return True
    return (
        checkpoint.decided_by == vote.by.name
        and checkpoint.state.value == vote.outcome.value
        and checkpoint.edited_digest == (vote.edit.digest if vote.edit else None)
        and (vote.shown is None or any(shown.digest == checkpoint.payload_digest for shown in vote.shown))
    )
