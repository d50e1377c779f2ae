"""Publishes what a crash, or a broker that was away, left in the outbox, and repeats what nobody answered."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from sluicegate_kit.db.errors import WriteError
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import NOW, Need, Selection
from sluicegate_kit.db.write_loop import Publisher, WriteLoop
from sluicegate_kit.outbox.row import OUTBOX, OutboxRow, Patience, message

log = structlog.get_logger(__name__)

ROWS_PER_SECOND = 200
PASS_BYTES = 16 * 1024 * 1024
"""Of values in one pass; the row that goes beyond it is the last."""
MOST_AT_ONCE = 100_000
"""What the sweeper sends in eight minutes. One statement over a million rows would take too long."""

DUE = f"""id IN (
    SELECT id FROM (
        SELECT id, sum(octet_length(value)) OVER (ORDER BY claimed_until ROWS UNBOUNDED PRECEDING)
                   - octet_length(value) AS bytes_before
        FROM outbox WHERE claimed_until <= {NOW} ORDER BY claimed_until LIMIT %b::int8
    ) AS due WHERE bytes_before < %b::int8
)"""
MAKE_DUE = f"""UPDATE outbox SET claimed_until = clock_timestamp() WHERE id IN (
    SELECT id FROM outbox WHERE claimed_until < 'infinity' ORDER BY claimed_until DESC LIMIT {MOST_AT_ONCE}
)"""


@dataclass(frozen=True, slots=True)
class ClaimDue(Operation[list[OutboxRow]]):
    """Take over rows whose claim has run out. Another replica skips them while this one holds them."""

    patience: Patience
    due: Selection[OutboxRow]
    luck: tuple[float, ...]

    @classmethod
    def of(cls, patience: Patience, limit: int) -> "ClaimDue":
        """At most `limit` rows, and about `PASS_BYTES`, the longest due first."""
        due = OUTBOX.select(DUE, limit, PASS_BYTES, order="claimed_until", limit=limit)
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
    """The log was lost: what has no answer yet is sent again at once. Of very many, the rest keeps to its own time."""

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.execute(MAKE_DUE)


class Sweeper:
    """One pass each `interval_seconds`, at most 200 rows a second and 16 MiB in one."""

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
