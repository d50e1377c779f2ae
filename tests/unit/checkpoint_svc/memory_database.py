"""Runs operations on tables in memory, one transaction each, with the kit's own `Rows`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sluicegate_checkpoint_svc.tables import TABLES
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Lock, Match, Selection, Table
from sluicegate_schemas.envelope import Message

T = TypeVar("T")


class MemoryDatabase:
    """`finds` answers a `Selection`, whose SQL is of no use here."""

    def __init__(self, now: datetime, finds: Callable[[Any, datetime], bool] = lambda row, now: False) -> None:
        self.now = now
        self._finds = finds
        self._tables: dict[Table[Any], dict[Any, Any]] = {}
        self.sent: list[Message] = []
        self.waits: set[str] = set()

    def every(self, table: Table[T]) -> list[T]:
        """All rows."""
        return list(self._tables.get(table, {}).values())

    def get(self, table: Table[T], key: Any) -> T:
        """The row, which must be there."""
        row: T = self._tables[table][key]
        return row

    def run(self, *operations: Operation[Any]) -> list[Any]:
        """One batch; per operation its result, or the exception that it raised."""
        rows = self._locked(operations)
        results = [self._decide(rows, operation) for operation in operations]
        for table in TABLES:
            self._write(rows, table)
        answers = set(rows.answers)
        for emitted in rows.emitted:
            self.sent.append(emitted.message)
            if emitted.answer_key is not None:
                self.waits.add(emitted.answer_key)
        self.waits -= answers
        return results

    def _locked(self, operations: tuple[Operation[Any], ...]) -> Rows:
        rows = Rows()
        rows.now = self.now
        for operation in operations:
            for need in operation.locks():
                stored = self._tables.setdefault(need.table, {})
                match need:
                    case Lock():
                        rows.load(need.table, [stored[need.key]] if need.key in stored else [])
                        rows.name(need.table, [need.key])
                    case Match():
                        rows.index(need.table, need.column)
                        found = [row for row in stored.values() if getattr(row, need.column) == need.value]
                        rows.load(need.table, found)
                    case Selection():
                        found = [row for row in stored.values() if self._finds(row, self.now)]
                        rows.found(need, rows.load(need.table, found))
        return rows

    @staticmethod
    def _decide(rows: Rows, operation: Operation[Any]) -> Any:
        rows.begin()
        try:
            return operation.decide(rows)
        except Exception as error:
            rows.undo()
            return error

    def _write(self, rows: Rows, table: Table[Any]) -> None:
        writes = rows.changes(table)
        if writes is None:
            return
        stored = self._tables.setdefault(table, {})
        for key in writes.deleted:
            del stored[key]
        for row in (*writes.inserted, *(after for _, after in writes.updated)):
            if not (table.insert_only and table.key_of(row) in stored):
                stored[table.key_of(row)] = row
