"""Derives figures from what is known: throughput, approval waits, outcomes, what waits longest; by job type."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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

    def add_decisions(self, outcome: Outcome, waits: Sequence[float]) -> None:
        """So many more were decided, after so long."""
        self.decided[outcome] += len(waits)
        if outcome in ANSWERS:
            self.waits += waits


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

    def counted_in(found: str, number: int | None = None) -> Iterator[Figures]:
        """All that something of this job type, in this slice, counts in."""
        yield by_type.setdefault(found, Figures())
        if job_type is None or job_type == found:
            yield total
            if number is not None:
                yield slices[number]

    for (found, status, number), count in _ends(facts, window, start).items():
        for figures in counted_in(found, number):
            figures.ended[status] += count
    for (found, outcome, number), waits in _decisions(facts, window, start).items():
        for figures in counted_in(found, number):
            figures.add_decisions(outcome, waits)
    for checkpoint in facts.asked.keys() - facts.decided.keys():
        asked = facts.asked[checkpoint]
        for figures in counted_in(asked.job_type):
            figures.add_pending(asked.at)
    ranked = sorted(by_type.items(), key=lambda item: (-item[1].throughput, -item[1].pending, item[0]))
    return Insights(window, start, total, slices, dict(ranked))


def _ends(facts: Facts, window: Window, start: float) -> Counter[tuple[str, Status, int]]:
    """How many runs ended, by job type, how, and in which slice. All that is known is looked through: it is short."""
    end, seconds = start + window.seconds, window.slice_seconds
    return Counter(
        [
            (found, status, int((at - start) // seconds))
            for at, found, status in facts.ended.values()
            if start <= at < end
        ]
    )


def _decisions(facts: Facts, window: Window, start: float) -> Mapping[tuple[str, Outcome, int], list[float]]:
    """How long approvals waited for their decisions, by job type, outcome and slice."""
    end, seconds, asked = start + window.seconds, window.slice_seconds, facts.asked
    waits: dict[tuple[str, Outcome, int], list[float]] = {}
    for checkpoint, (at, outcome, waited_seconds) in facts.decided.items():
        if start <= at < end and (ask := asked.get(checkpoint)) is not None:
            waits.setdefault((ask.job_type, outcome, int((at - start) // seconds)), []).append(waited_seconds)
    return waits


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that `percent` of all do not exceed (nearest rank; PostgreSQL's `percentile_disc`)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]
