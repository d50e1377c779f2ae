"""Reads the numbers that the database keeps of its own rows: what was folded in, and what has happened since."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_kit.metrics import AGENT_JOBS_DURATION
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.job_lifecycle import Status

DECIDED_SINCE = """
SELECT 'decided', '', d.outcome, count(*)::float8
FROM (SELECT DISTINCT decision_id FROM {ids}) AS since
JOIN job_decisions d USING (decision_id) JOIN job_decision_answers USING (decision_id)
GROUP BY d.outcome
"""
"""A decision is counted with the later of its two halves, the decision and the worker's answer to it."""

_KEPT = f"""
SELECT series, job_type, label, amount FROM tallies
UNION ALL SELECT series, job_type, label, amount FROM tally_changes
UNION ALL {DECIDED_SINCE.format(ids="tally_decisions")}
"""
_TOTALS = sa.text(f"SELECT series, label, sum(amount) FROM ({_KEPT}) AS kept GROUP BY series, label")
_JOBS = sa.text(
    f"SELECT job_type, label, sum(amount) FROM ({_KEPT}) AS kept WHERE series = 'jobs' "
    "GROUP BY job_type, label HAVING sum(amount) > 0"
)


@dataclass(frozen=True, slots=True)
class Tallies:
    """The numbers behind the metrics of the contract. The same on every replica."""

    jobs: dict[str, int]
    """By status; those alone that are not zero."""
    durations: list[int]
    """Ended runs that ran at most as long as each bucket of the histogram allows, then all of them."""
    duration_seconds: float
    """Of all ended runs together."""
    checkpoints: dict[str, int]
    """By state."""


class TallyReads:
    """Queries over the tallies: as dear as there are job types, however many jobs there are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def totals(self) -> Tallies:
        """The numbers as of now."""
        found: dict[str, Counter[str]] = {}
        async with self._engine.connect() as connection:
            for series, label, amount in await connection.execute(_TOTALS):
                found.setdefault(series, Counter())[label] = amount
        ended = found.get("ended", Counter())
        return Tallies(
            {status: round(amount) for status, amount in found.get("jobs", Counter()).items() if amount},
            _cumulative(round(ended[str(bucket)]) for bucket in range(len(AGENT_JOBS_DURATION.buckets) + 1)),
            found.get("ended_ms", Counter())[""] / 1000,
            _checkpoints(found.get("asked", Counter()), found.get("decided", Counter())),
        )

    async def jobs(self) -> dict[str, dict[Status, int]]:
        """How many jobs of each type are in each status; those alone that are not zero."""
        found: dict[str, dict[Status, int]] = {}
        async with self._engine.connect() as connection:
            for job_type, status, amount in await connection.execute(_JOBS):
                found.setdefault(job_type, {})[Status(status)] = round(amount)
        return found


def _cumulative(counts: Iterable[int]) -> list[int]:
    total, found = 0, []
    for count in counts:
        total += count
        found.append(total)
    return found


def _checkpoints(asked: Counter[str], decided: Counter[str]) -> dict[str, int]:
    """What was asked and is not decided is pending; at least 0, since a decision may be here before its ask."""
    outcomes = {outcome: round(count) for outcome, count in decided.items()}
    pending = max(0, round(asked[Kind.APPROVAL]) - sum(outcomes.values()))
    return {**outcomes, "pending": pending, "recorded": round(asked[Kind.INFO])}
