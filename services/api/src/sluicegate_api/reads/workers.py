"""Reads what is wanted of the fleet, what its replicas said last, and how long the queue is."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain import replicas
from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.queue import Depth, unfinished
from sluicegate_api.domain.replicas import Replica
from sluicegate_api.reads.sql import FLEET, WORKER_REPLICAS
from sluicegate_api.reads.tallies import TallyReads


@dataclass(frozen=True, slots=True)
class Workers:
    """One look at the fleet."""

    now: datetime
    """By the database's clock, which also dated the replicas' reports."""
    fleet: Fleet | None
    """None: nobody has ever started or stopped it."""
    replicas: list[Replica]


@dataclass(frozen=True, slots=True)
class Standing:
    """The fleet, and what waits for it."""

    workers: Workers
    queue: list[Depth]
    counted_by_workers: bool
    """Else the queue is as the projection of jobs has it: less exact, but there without a live replica."""


class WorkerReads:
    """Queries over the fleet's tables."""

    def __init__(self, engine: AsyncEngine, tallies: TallyReads) -> None:
        self._engine = engine
        self._tallies = tallies

    async def look(self) -> Workers:
        """The fleet and every replica that ever spoke, the latest first."""
        spoken = sa.select(*WORKER_REPLICAS.c).order_by(WORKER_REPLICAS.c.heard_at.desc())
        async with self._engine.connect() as connection:
            now = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            fleet = (await connection.execute(sa.select(*FLEET.c))).first()
            return Workers(
                now,
                None if fleet is None else tables.FLEET.read(fleet),
                [tables.WORKER_REPLICAS.read(row) for row in await connection.execute(spoken)],
            )

    async def standing(self) -> Standing:
        """The same, with the queue."""
        workers = await self.look()
        counted = replicas.queue(workers.replicas, workers.now)
        if counted is not None:
            return Standing(workers, counted, counted_by_workers=True)
        return Standing(workers, unfinished(await self._tallies.jobs()), counted_by_workers=False)
