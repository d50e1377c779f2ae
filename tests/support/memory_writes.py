"""Commits operations into dictionaries, through the kit's own `Rows`, for tests that need no database."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Lock, Table

T = TypeVar("T")
R = TypeVar("R")


class MemoryWrites:
    """One operation, one transaction. `before(operation)` may raise what the database would."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)
        self.emitted: list[Emitted] = []
        self.statements: list[str] = []
        self.before: Callable[[Operation[Any]], None] = lambda operation: None
        self._tables: dict[Table[Any], dict[Any, Any]] = {}

    def rows(self, table: Table[R]) -> list[R]:
        """What the table holds, in the order in which it was added."""
        return list(self._tables.get(table, {}).values())

    def enqueue(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Committed at once."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            future.set_result(self._commit(operation))
        except Exception as error:
            future.set_exception(error)
        return future

    async def submit(self, operation: Operation[T]) -> T:
        """`enqueue`, and wait."""
        return await self.enqueue(operation)

    async def submit_all(self, operations: Sequence[Operation[T]]) -> list[T | BaseException]:
        """One after the other, each on its own."""
        return await asyncio.gather(*map(self.enqueue, operations), return_exceptions=True)

    def _commit(self, operation: Operation[T]) -> T:
        self.before(operation)
        rows = Rows()
        rows.now = self.now
        named: set[Table[Any]] = set()
        for need in operation.locks():
            assert isinstance(need, Lock), "MemoryWrites knows no queries"
            kept = self._tables.setdefault(need.table, {})
            if need.key in kept:
                rows.load(need.table, [kept[need.key]])
            rows.name(need.table, [need.key])
            named.add(need.table)
        result = operation.decide(rows)
        for table in named:
            if writes := rows.changes(table):
                kept = self._tables[table]
                after = [*writes.inserted, *(row for _, row in writes.updated)]
                kept |= {table.key_of(row): row for row in after}
                for key in writes.deleted:
                    del kept[key]
        self.emitted += rows.emitted
        self.statements += [statement for statement, _ in rows.statements]
        return result
