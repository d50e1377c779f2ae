"""Counts jobs and checkpoints for the metrics."""

import asyncio
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sluicegate_api.domain import replicas
from sluicegate_api.reads.sql import JOBS
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_kit.clock import Clock, SystemClock
from sluicegate_kit.metrics import AGENT_JOBS_DURATION
from sluicegate_schemas.job_lifecycle import TERMINAL

FRESH_SECONDS = 5.0

_CHECKPOINTS = """
SELECT coalesce(d.outcome, CASE c.kind WHEN 'info' THEN 'recorded' ELSE 'pending' END), count(*)
FROM job_checkpoints c FULL JOIN (
    SELECT DISTINCT ON (r.checkpoint_id) r.checkpoint_id, r.outcome
    FROM job_decisions r JOIN job_decision_answers a USING (decision_id)
    ORDER BY r.checkpoint_id, r.at, r.decision_id
) d USING (checkpoint_id)
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Tallies:
    """The numbers behind the metrics of the contract."""

    jobs: dict[str, int]
    durations: list[int]
    """Ended runs that ran at most as long as each bucket of the histogram allows, then all of them."""
    duration_seconds: float
    """Of all ended runs together."""
    checkpoints: dict[str, int]
    active_jobs: int


class TallyReads:
    """Counts, at most every 5 s however many scrapers there are: a count reads the whole table."""

    def __init__(self, engine: AsyncEngine, workers: WorkerReads, *, clock: Clock | None = None) -> None:
        self._engine = engine
        self._workers = workers
        self._clock = clock or SystemClock()
        self._one_at_a_time = asyncio.Lock()
        self._counted: tuple[float, Tallies] | None = None

    async def count(self) -> Tallies:
        """The numbers, at most 5 s old."""
        async with self._one_at_a_time:
            now = self._clock.monotonic()
            if self._counted is None or now - self._counted[0] >= FRESH_SECONDS:
                self._counted = (now, await self._count())
            return self._counted[1]

    async def _count(self) -> Tallies:
        workers = await self._workers.look()
        async with self._engine.connect() as connection:
            jobs = await connection.execute(sa.select(JOBS.c.status, sa.func.count()).group_by(JOBS.c.status))
            checkpoints = await connection.execute(sa.text(_CHECKPOINTS))
            durations, seconds = await _durations(connection)
            return Tallies(
                {row[0]: row[1] for row in jobs},
                durations,
                seconds,
                {row[0]: row[1] for row in checkpoints},
                replicas.active_jobs(workers.replicas, workers.now),
            )


async def _durations(connection: AsyncConnection) -> tuple[list[int], float]:
    within = [sa.func.count().filter(JOBS.c.running_ms <= bound * 1000) for bound in AGENT_JOBS_DURATION.buckets]
    total = sa.func.coalesce(sa.func.sum(JOBS.c.running_ms), 0.0)
    ended = JOBS.c.status.in_([status.value for status in TERMINAL])
    *counts, milliseconds = (await connection.execute(sa.select(*within, sa.func.count(), total).where(ended))).one()
    return counts, milliseconds / 1000
