"""Reads the timeline of a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.timeline import Entry
from sluicegate_api.reads.sql import JOB_EVENTS, JOBS

FIRST = 200
LAST = 800
"""A handler that shows its progress often may leave any number of entries; what is in the middle is left out."""


@dataclass(frozen=True, slots=True)
class Told:
    """The entries that a job's story is told from, by their `seq`."""

    entries: list[Entry]
    left_out: bool
    """There are more, between the first and the last of these."""


class TimelineReads:
    """Queries over `job_events`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def knows(self, job_id: str) -> bool:
        """Whether there is such a job; its timeline may still be empty."""
        async with self._engine.connect() as connection:
            return await connection.scalar(sa.select(sa.literal(1)).where(JOBS.c.job_id == job_id)) is not None

    async def after(self, job_id: str, entry: int, limit: int) -> list[Entry]:
        """At most `limit` entries that came after that one, in the order in which they came."""
        query = sa.select(*JOB_EVENTS.c).where(JOB_EVENTS.c.job_id == job_id, JOB_EVENTS.c.entry > entry)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(JOB_EVENTS.c.entry).limit(limit))
            return [tables.JOB_EVENTS.read(row) for row in rows]

    async def told(self, job_id: str) -> Told:
        """The first and the last entries: all of them, unless there are very many."""
        mine = sa.select(*JOB_EVENTS.c).where(JOB_EVENTS.c.job_id == job_id)
        async with self._engine.connect() as connection:
            last = (await connection.execute(mine.order_by(JOB_EVENTS.c.seq.desc()).limit(LAST))).all()
            first: Sequence[sa.Row[Any]] = ()
            if len(last) == LAST:
                older = mine.where(JOB_EVENTS.c.seq < last[-1].seq).order_by(JOB_EVENTS.c.seq).limit(FIRST + 1)
                first = (await connection.execute(older)).all()
        before = [tables.JOB_EVENTS.read(row) for row in first]
        after = [tables.JOB_EVENTS.read(row) for row in reversed(last)]
        return Told([*before[:FIRST], *after], left_out=len(before) > FIRST)

    async def version(self, job_id: str) -> str | None:
        """Another text whenever anything has changed that the job's page shows; None: there is no such job."""
        async with self._engine.connect() as connection:
            found = (await connection.execute(_VERSION, {"job_id": job_id})).first()
        return None if found is None else "-".join(map(str, found))


_VERSION = sa.text(
    """
    SELECT entries, control_seq,
           (SELECT count(*) FROM job_checkpoints WHERE job_id = :job_id),
           (SELECT count(*) FROM job_decisions WHERE job_id = :job_id),
           (SELECT count(*) FROM dead_letters WHERE job_id = :job_id)
    FROM jobs WHERE job_id = :job_id
    """
)
