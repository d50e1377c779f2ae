"""A week of work as events, for the picture of its figures: nobody waits for a picture until that much has happened."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import Status
from tests.unit.insights.events import created, decided, lifecycle

ENDS: Mapping[Outcome, Status] = {
    Outcome.APPROVED: Status.SUCCEEDED,
    Outcome.REJECTED: Status.REJECTED,
    Outcome.EXPIRED: Status.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One job type."""

    name: str
    an_hour: float
    """Jobs, at the busiest time of a day."""
    fails: float
    """The share that fails."""
    outcomes: Mapping[Outcome, float]
    """Weights of what becomes of its approvals; none: it asks for nothing."""
    median_minutes: float = 0
    """Half of the answers come sooner."""
    pending: int = 0


KINDS = (
    Kind("simple-task", 21, 0.01, {}),
    Kind("data-processing", 9, 0.03, {Outcome.APPROVED: 20, Outcome.REJECTED: 2, Outcome.EXPIRED: 1}, 9, 2),
    Kind("code-generation", 7, 0.05, {Outcome.APPROVED: 14, Outcome.REJECTED: 5}, 24, 4),
    Kind("publish-note", 3, 0, {Outcome.APPROVED: 6, Outcome.REJECTED: 1}, 4, 1),
)


def a_week(until: datetime) -> Iterator[Message]:
    """The same whenever it is told, but for the moments."""
    luck = Random(7)
    for kind in KINDS:
        for hours_ago in range(7 * 24):
            at = until - timedelta(hours=hours_ago)
            for number in range(_rounded(kind.an_hour * _busy(at), luck)):
                asked = at - timedelta(minutes=luck.uniform(0, 60))
                yield from _job(f"{kind.name}-{hours_ago}-{number}", kind, asked, until, luck)
        for number in range(kind.pending):
            yield created(
                f"{kind.name} pending {number}", until - timedelta(minutes=luck.uniform(2, 90)), job_type=kind.name
            )


def _job(job_id: str, kind: Kind, asked: datetime, until: datetime, luck: Random) -> Iterator[Message]:
    ended, status = asked + timedelta(seconds=luck.uniform(1, 40)), Status.SUCCEEDED
    if kind.outcomes:
        (outcome,) = luck.choices(list(kind.outcomes), list(kind.outcomes.values()))
        waited = timedelta(minutes=kind.median_minutes * luck.lognormvariate(0, 0.9))
        ended, status = asked + waited, ENDS[outcome]
        if ended > until:
            return
        yield created(job_id, asked, job_type=kind.name, job_id=job_id)
        yield decided(job_id, outcome, ended, waited_seconds=waited.total_seconds(), job_id=job_id)
    if luck.random() < kind.fails:
        status = Status.FAILED
    elif luck.random() < 0.01:
        status = Status.CANCELLED
    yield lifecycle(job_id, status, ended, job_type=kind.name)


def _busy(at: datetime) -> float:
    """From nothing at night to 1 in the early afternoon; little on Saturdays and Sundays."""
    day = max(0.0, math.sin(math.pi * (at.hour - 6) / 14)) if 6 <= at.hour < 20 else 0.02
    return day * (0.15 if at.weekday() >= 5 else 1)


def _rounded(value: float, luck: Random) -> int:
    """Up or down, so that on average nothing is lost."""
    return int(value) + (luck.random() < value % 1)
