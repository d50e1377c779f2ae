"""Shows what the outbox holds: how much is unsent or unanswered, and since when."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_kit.metrics import OUTBOX_DEPTH, OUTBOX_OLDEST, Metrics
from sluicegate_schemas.ids import made_at

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 10

# The ids are UUIDv7: the least is the oldest. (Before version 18 PostgreSQL has no `min` of them.)
LOOK = text('SELECT topic, count(*), min(id::text COLLATE "C") FROM outbox GROUP BY topic')


class OutboxDepth:
    """Every replica shows the same figures: take the maximum, not the sum."""

    def __init__(self, engine: AsyncEngine, metrics: Metrics, topics: Sequence[str]) -> None:
        """`topics`: those that the service writes."""
        self._engine = engine
        self._depth = metrics.gauge(OUTBOX_DEPTH)
        self._oldest = metrics.gauge(OUTBOX_OLDEST)
        self._topics = topics

    async def look(self) -> None:
        """Count once.

        Raises:
            DBAPIError: the database is away.
        """
        async with self._engine.connect() as connection:
            found = (await connection.execute(LOOK)).all()
        self._depth.set(sum(count for _, count, _ in found))
        oldest = {topic: made_at(UUID(first)) for topic, _, first in found}
        now = time.time()
        for topic in {*self._topics, *oldest}:
            self._oldest.labels(topic).set(max(0.0, now - oldest.get(topic, now)))

    async def run(self) -> None:
        """Count every 10 s until cancelled."""
        while True:
            try:
                await self.look()
            except (DBAPIError, OSError) as error:
                log.warning("outbox not counted", error=type(error).__name__)
            await asyncio.sleep(INTERVAL_SECONDS)
