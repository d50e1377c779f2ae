"""Runs operations in memory, one after the other, on the rows that the write loop would give them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sluicegate_api.tables import TABLES
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Lock, Match, Selection, Table

T = TypeVar("T")
R = TypeVar("R")
START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Ledger:
    """Tables, what was emitted, and a clock that the test moves. A selection finds every row of its table."""

    now: datetime = START
    tables: dict[Table[Any], dict[Any, Any]] = field(default_factory=dict)
    emitted: list[Emitted] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def run(self, operation: Operation[T]) -> T:
        """Decide and keep; what `decide` raises leaves nothing."""
        rows = Rows()
        for need in operation.locks():
            kept = self.tables.setdefault(need.table, {})
            match need:
                case Lock():
                    rows.load(need.table, [kept[need.key]] if need.key in kept else [])
                    rows.name(need.table, [need.key])
                case Match():
                    rows.index(need.table, need.column)
                    rows.load(need.table, [row for row in kept.values() if getattr(row, need.column) == need.value])
                case Selection():
                    rows.found(need, rows.load(need.table, list(kept.values())))
        rows.now = self.now
        rows.begin()
        result = operation.decide(rows)
        for table in {*self.tables, *_put(rows)}:
            self._keep(table, rows)
        self.emitted.extend(rows.emitted)
        self.answered.update(rows.answers)
        return result

    def every(self, table: Table[R]) -> list[R]:
        """The rows of a table."""
        return list(self.tables.get(table, {}).values())

    def only(self, table: Table[R]) -> R:
        """The one row of a table."""
        (row,) = self.every(table)
        return row

    def wait(self, **of_time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**of_time)

    def unanswered(self) -> set[str]:
        """What the outbox would send again."""
        return {each.answer_key for each in self.emitted if each.answer_key is not None} - self.answered

    def _keep(self, table: Table[Any], rows: Rows) -> None:
        writes = rows.changes(table)
        if writes is None:
            return
        kept = self.tables.setdefault(table, {})
        for key in writes.deleted:
            del kept[key]
        for row in (*(after for _, after in writes.updated), *writes.inserted):
            if not (table.insert_only and table.key_of(row) in kept):
                kept[table.key_of(row)] = row


def _put(rows: Rows) -> set[Table[Any]]:
    return {table for table in TABLES if rows.every(table)}
