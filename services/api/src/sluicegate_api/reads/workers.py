"""Reads what is wanted of the fleet, what its replicas said last, and how long the queue is."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.queue import Depth
from sluicegate_api.domain.replicas import Replica
from sluicegate_api.reads.sql import FLEET, JOBS, WORKER_REPLICAS


@dataclass(frozen=True, slots=True)
class Workers:
    """One look at the fleet."""

    now: datetime
    """By the database's clock, which also dated the replicas' reports."""
    fleet: Fleet | None
    """None: nobody has ever started or stopped it."""
    replicas: list[Replica]


class WorkerReads:
    """Queries over the fleet's tables."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def look(self) -> Workers:
        """The fleet and every replica that ever spoke, the latest first."""
        replicas = sa.select(*WORKER_REPLICAS.c).order_by(WORKER_REPLICAS.c.heard_at.desc())
        async with self._engine.connect() as connection:
            now = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            fleet = (await connection.execute(sa.select(*FLEET.c))).first()
            return Workers(
                now,
                None if fleet is None else tables.FLEET.read(fleet),
                [tables.WORKER_REPLICAS.read(row) for row in await connection.execute(replicas)],
            )

    async def unfinished(self) -> list[Depth]:
        """The queue as the projection of jobs has it: less exact than a replica's count, but there without one."""
        # Only runs that have not ended have a `report_at`, and so stand in its index.
        query = (
            sa.select(JOBS.c.job_type, JOBS.c.status, sa.func.count())
            .where(JOBS.c.report_at.is_not(None))
            .group_by(JOBS.c.job_type, JOBS.c.status)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return [
                Depth(job_type, "ready" if status == "queued" else status, count) for job_type, status, count in rows
            ]
