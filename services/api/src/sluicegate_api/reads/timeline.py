"""Reads the timeline of a job."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.timeline import Entry
from sluicegate_api.reads.sql import JOB_EVENTS, JOBS


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
