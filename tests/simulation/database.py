"""One service's PostgreSQL: transactions on dictionaries, through the kit's own `Rows`."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Lock, Match, Need, Selection, Table
from sluicegate_kit.db.transaction import Committed
from sluicegate_kit.outbox.row import EMITTED, OUTBOX, OutboxRow, Patience, outbox_row
from tests.simulation import queries
from tests.simulation.tables import Tables


class Database:
    """The same steps as `sluicegate_kit.db.transaction.transact`: lock, decide one after the other, write."""

    def __init__(self, tables: Sequence[Table[Any]], now: Callable[[], datetime], skips: Callable[[], bool]) -> None:
        """`skips`: another transaction holds this row, so that SKIP LOCKED leaves it out."""
        self.tables = Tables()
        self._known = (*tables, OUTBOX)
        self._now = now
        self._skips = skips

    @property
    def now(self) -> datetime:
        """Its clock."""
        return self._now()

    def transact(self, operations: Sequence[Operation[Any]], patience: Patience) -> Committed:
        """All of them, committed.

        Raises:
            UniqueViolation: nothing was written.
        """
        rows = Rows()
        rows.now = self.now
        for operation in operations:
            for need in operation.locks():
                self._lock(rows, need)
        results = [_decide(rows, operation) for operation in operations]
        outbox = self._outbox(rows, patience)
        self._refuse_doubles(rows, outbox)
        for table in self._known:
            self._write(rows, table)
        for statement, params in rows.statements:
            queries.execute(self.tables, statement, params, rows.now)
        self._answer(set(rows.answers))
        for reading in rows.readings:
            reading.rows += queries.select(self.tables, reading.selection, rows.now)
        for row in outbox:
            self.tables.of(EMITTED).setdefault(row.id, row)
        return Committed(results, rows.emitted)

    def _lock(self, rows: Rows, need: Need) -> None:
        stored = self.tables.of(need.table)
        match need:
            case Lock():
                rows.load(need.table, [stored[need.key]] if need.key in stored else [])
                rows.name(need.table, [need.key])
            case Match():
                applies = queries.matches(need.where)
                rows.index(need.table, need.column)
                found = [row for row in stored.values() if getattr(row, need.column) == need.value and applies(row)]
                rows.load(need.table, found)
            case Selection():
                found = queries.select(self.tables, need, rows.now)
                if need.mode == "skip locked":
                    found = [row for row in found if not self._skips()]
                rows.found(need, rows.load(need.table, found))

    def _refuse_doubles(self, rows: Rows, outbox: Sequence[OutboxRow]) -> None:
        known = self.tables.of(EMITTED)
        doubles: list[object] = [row.id for row in outbox if row.id in known and not EMITTED.insert_only]
        for table in self._known:
            writes = rows.changes(table)
            if writes is not None and not table.insert_only:
                stored = self.tables.of(table)
                doubles += [key for row in writes.inserted if (key := table.key_of(row)) in stored]
        if doubles:
            raise UniqueViolation(f"there already: {doubles}")

    def _write(self, rows: Rows, table: Table[Any]) -> None:
        writes = rows.changes(table)
        if writes is None:
            return
        stored = self.tables.of(table)
        for key in writes.deleted:
            stored.pop(key, None)
        stored |= {table.key_of(row): row for _, row in writes.updated}
        for row in writes.inserted:
            if not (table.insert_only and table.key_of(row) in stored):
                stored[table.key_of(row)] = row

    def _outbox(self, rows: Rows, patience: Patience) -> list[OutboxRow]:
        for emitted in rows.emitted:
            if emitted.answer_key in rows.answers:
                emitted.answer_key = None
        return [outbox_row(emitted, rows.now, patience) for emitted in rows.emitted]

    def _answer(self, answers: set[str]) -> None:
        if answers:
            outbox = self.tables.of(OUTBOX)
            for row in list(outbox.values()):
                if row.answer_key in answers:
                    del outbox[row.id]


def _decide(rows: Rows, operation: Operation[Any]) -> Any:
    rows.begin()
    try:
        return operation.decide(rows)
    except Exception as error:
        rows.undo()
        return error
