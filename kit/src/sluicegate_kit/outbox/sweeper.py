"""Publishes what a crash, or a broker that was away, left in the outbox, and repeats what nobody answered."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from sluicegate_kit.db.errors import WriteError
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Need, Selection
from sluicegate_kit.db.write_loop import Publisher, WriteLoop
from sluicegate_kit.outbox.row import OUTBOX, OutboxRow, Patience, message

log = structlog.get_logger(__name__)

ROWS_PER_SECOND = 200


@dataclass(frozen=True, slots=True)
class ClaimDue(Operation[list[OutboxRow]]):
    """Take over rows whose claim has run out. Another replica skips them while this one holds them."""

    patience: Patience
    due: Selection[OutboxRow]
    luck: tuple[float, ...]

    @classmethod
    def of(cls, patience: Patience, limit: int) -> "ClaimDue":
        """At most `limit` rows, the longest due first."""
        due = OUTBOX.select("claimed_until <= clock_timestamp()", order="claimed_until", limit=limit)
        return cls(patience, due, tuple(random.random() for _ in range(limit)))

    def locks(self) -> Iterable[Need]:
        return (self.due,)

    def decide(self, rows: Rows) -> list[OutboxRow]:
        due = [row for row in rows.selected(self.due) if row.claimed_until <= rows.now]
        again = [self.patience.again(row, rows.now, luck) for row, luck in zip(due, self.luck, strict=False)]
        for row in again:
            rows.put(OUTBOX, row)
        return again


@dataclass(frozen=True, slots=True)
class MakeWaitsDue(Operation[None]):
    """The log was lost: whatever has no answer yet is sent again at once."""

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.execute("UPDATE outbox SET claimed_until = clock_timestamp() WHERE claimed_until < 'infinity'")


class Sweeper:
    """One pass each `interval_seconds`, at most 200 rows a second."""

    def __init__(
        self, writes: WriteLoop, publisher: Publisher, patience: Patience, *, interval_seconds: float = 1
    ) -> None:
        self._writes = writes
        self._publisher = publisher
        self._patience = patience
        self._interval_seconds = interval_seconds

    async def sweep(self) -> int:
        """One pass; how many rows were sent."""
        limit = max(1, round(ROWS_PER_SECOND * self._interval_seconds))
        rows = await self._writes.submit(ClaimDue.of(self._patience, limit))
        if rows:
            self._publisher.publish([Emitted(message(row), row.answer_key) for row in rows])
            log.info("sent again", events=len(rows), unanswered=sum(row.answer_key is not None for row in rows))
        return len(rows)

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except WriteError as error:
                log.warning("sweep failed", error=str(error))
            await asyncio.sleep(self._interval_seconds)
