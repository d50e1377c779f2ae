"""Expires what is due, again and again. Replicas share the work: each takes the rows that no other holds."""

import asyncio

import structlog

from sluicegate_checkpoint_svc.operations.expire import LIMIT, ExpireDue
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_kit.db.errors import WriteError
from sluicegate_kit.kafka.writes import Writes

log = structlog.get_logger(__name__)


class Expiry:
    """One pass each `interval_seconds`, and at once again after a full one."""

    def __init__(self, writes: Writes, settlement: Settlement, *, interval_seconds: float = 1) -> None:
        self._writes = writes
        self._settlement = settlement
        self._interval_seconds = interval_seconds

    async def sweep(self) -> int:
        """One pass; how many expired."""
        expired = await self._writes.submit(ExpireDue.of(self._settlement))
        if expired:
            log.info("checkpoints expired", checkpoints=expired)
        return expired

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            expired = 0
            try:
                expired = await self.sweep()
            except WriteError as error:
                log.warning("expiry pass failed", error=str(error))
            if expired < LIMIT:
                await asyncio.sleep(self._interval_seconds)
