"""Shows how much the outbox holds: what is unsent, and what nobody has answered yet."""

import asyncio

import structlog
from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 10


class OutboxDepth:
    """Every replica shows the same figure: take the maximum, not the sum."""

    def __init__(self, engine: AsyncEngine, gauge: Gauge) -> None:
        self._engine = engine
        self._gauge = gauge

    async def look(self) -> None:
        """Count once.

        Raises:
            DBAPIError: the database is away.
        """
        async with self._engine.connect() as connection:
            self._gauge.set((await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one())

    async def run(self) -> None:
        """Count every 10 s until cancelled."""
        while True:
            try:
                await self.look()
            except (DBAPIError, OSError) as error:
                log.warning("outbox not counted", error=type(error).__name__)
            await asyncio.sleep(INTERVAL_SECONDS)
