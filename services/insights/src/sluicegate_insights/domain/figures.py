"""Derives figures from what is known: throughput, approval waits, outcomes, what waits longest; by job type."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.domain.window import Window
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status

ANSWERS = frozenset({Outcome.APPROVED, Outcome.REJECTED})
"""What persons decide. How long an approval took to expire, or was of no use any more, says nothing about people."""


@dataclass(slots=True)
class Figures:
    """Of one job type or of all, in a window or in one slice of it."""

    ended: Counter[Status] = field(default_factory=Counter)
    """How many runs ended so."""
    decided: Counter[Outcome] = field(default_factory=Counter)
    """How many approvals were decided so."""
    waits: list[float] = field(default_factory=list)
    """How long persons took for their answers, in seconds."""
    pending: int = 0
    """Approvals that wait now, since whenever."""
    oldest_at: float | None = None
    """Since when the oldest of those waits (seconds since 1970)."""

    @property
    def throughput(self) -> int:
        """How many runs ended."""
        return self.ended.total()

    def wait(self, percent: float) -> float | None:
        """This percentile of `waits`; None: there are none."""
        return percentile(self.waits, percent)

    def add_pending(self, asked_at: float) -> None:
        """One more approval waits."""
        self.pending += 1
        self.oldest_at = asked_at if self.oldest_at is None else min(self.oldest_at, asked_at)

    def add_decision(self, outcome: Outcome, waited_seconds: float) -> None:
        """One more was decided."""
        self.decided[outcome] += 1
        if outcome in ANSWERS:
            self.waits.append(waited_seconds)


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything that is shown of one window."""

    window: Window
    start: float
    """Seconds since 1970 in UTC."""
    total: Figures
    """Of the job type that was asked for, or of all."""
    slices: Sequence[Figures]
    """The same, slice by slice; without what is pending."""
    by_type: Mapping[str, Figures]
    """Of every job type, busiest first."""


def derive(facts: Facts, window: Window, now: float, job_type: str | None = None) -> Insights:
    """The figures at `now` (seconds since 1970 in UTC). A decision counts as soon as its ask is known, too."""
    start = window.start(now)
    total, slices, by_type = Figures(), [Figures() for _ in range(window.slices)], dict[str, Figures]()

    def of(found: str) -> Iterable[Figures]:
        """Those that something of this job type counts in, its slice aside."""
        yield by_type.setdefault(found, Figures())
        if job_type is None or job_type == found:
            yield total

    for ended in facts.ended.values():
        if (number := window.slice_of(ended.at, start)) is not None:
            for figures in of(ended.job_type):
                figures.ended[ended.status] += 1
            if job_type is None or job_type == ended.job_type:
                slices[number].ended[ended.status] += 1
    for checkpoint, asked in facts.asked.items():
        decided = facts.decided.get(checkpoint)
        if decided is None:
            for figures in of(asked.job_type):
                figures.add_pending(asked.at)
        elif (number := window.slice_of(decided.at, start)) is not None:
            for figures in of(asked.job_type):
                figures.add_decision(decided.outcome, decided.waited_seconds)
            if job_type is None or job_type == asked.job_type:
                slices[number].add_decision(decided.outcome, decided.waited_seconds)
    ranked = sorted(by_type.items(), key=lambda item: (-item[1].throughput, -item[1].pending, item[0]))
    return Insights(window, start, total, slices, dict(ranked))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that `percent` of all do not exceed (nearest rank; PostgreSQL's `percentile_disc`)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]
