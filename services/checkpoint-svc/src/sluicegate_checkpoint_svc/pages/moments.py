"""The timeline of a checkpoint, as far as this service knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.pages.looks import headline, look


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    icon: str
    text: str
    at: datetime


def moments(checkpoint: Checkpoint, exhibit: Exhibit, comments: Sequence[Comment]) -> Sequence[Moment]:
    """What this service knows, in order. The first is by another clock."""
    happened = [
        Moment(
            "play", f"The job asked, by the worker’s clock, on behalf of {checkpoint.requested_by}", exhibit.asked_at
        ),
        Moment(
            "ring",
            "Recorded; the deadline counts from here" if checkpoint.expires_at else "Recorded",
            checkpoint.recorded_at,
        ),
    ]
    if checkpoint.acknowledged_at is not None:
        happened.append(Moment("check", headline(checkpoint), checkpoint.acknowledged_at))
    happened += [Moment("edit", f"{comment.by} commented", comment.at) for comment in comments]
    if checkpoint.decided_at is not None:
        happened.append(Moment(look(checkpoint).icon, headline(checkpoint), checkpoint.decided_at))
    if checkpoint.applied_at is not None:
        reason = f": {checkpoint.applied_reason}" if checkpoint.applied_reason else ""
        happened.append(Moment("again", f"The worker answered: {checkpoint.applied}{reason}", checkpoint.applied_at))
    asked, *later = happened
    return [asked, *sorted(later, key=attrgetter("at"))]
