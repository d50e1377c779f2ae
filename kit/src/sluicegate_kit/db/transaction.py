"""One batch of operations as one transaction: lock, decide one after the other, write each row once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.connection import Row, Statement, WriteConnection
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Lock, Match, Selection, Table
from sluicegate_kit.outbox.row import EMITTED, Patience, outbox_row

BEGIN: Statement = ("BEGIN", ())
CLOCK: Statement = ("SELECT clock_timestamp()", ())
COMMIT: Statement = ("COMMIT", ())
ROLLBACK: Statement = ("ROLLBACK", ())
ANSWERED = "DELETE FROM outbox WHERE answer_key = ANY(%b::text[])"


@dataclass(slots=True)
class Committed:
    """What a transaction did."""

    results: list[Any]
    """Per operation: what it gave, or the exception that it raised."""
    emitted: list[Emitted]
    """What to publish now."""


@dataclass(slots=True)
class _Needs:
    keys: dict[Any, None] = field(default_factory=dict)
    matches: dict[tuple[str, str], dict[Any, None]] = field(default_factory=dict)
    selections: list[Selection[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Look:
    """One statement that locks or reads rows."""

    table: Table[Any]
    statement: Statement
    selection: Selection[Any] | None = None

    def take(self, rows: Rows, found: Sequence[Row]) -> None:
        keys = rows.load(self.table, [self.table.read(values) for values in found])
        if self.selection is not None:
            rows.found(self.selection, keys)


async def transact(
    connection: WriteConnection, tables: Sequence[Table[Any]], operations: Sequence[Operation[Any]], patience: Patience
) -> Committed:
    """Run the operations in one transaction.

    Raises:
        psycopg.Error: nothing was written, or, when the connection broke at COMMIT, nobody knows.
    """
    try:
        rows = await _lock(connection, tables, operations)
        results = _decide(operations, rows)
        writes = _writes(tables, rows, patience)
        crash_point("write_loop.before_commit")
        reads = [_look(reading.selection).statement for reading in rows.readings]
        *found, _ = await connection.ask([*writes, *reads, COMMIT])
    except BaseException:
        if not connection.closed:
            await asyncio.shield(connection.ask([ROLLBACK]))
        raise
    crash_point("write_loop.after_commit")
    for reading, values in zip(rows.readings, found[len(writes) :], strict=True):
        reading.rows += map(reading.selection.table.read, values)
    return Committed(results, rows.emitted)


async def _lock(
    connection: WriteConnection, tables: Sequence[Table[Any]], operations: Sequence[Operation[Any]]
) -> Rows:
    """Tables in their fixed order, keys in theirs, so that two batches never wait for each other in a circle.

    One round trip: what is locked does not depend on what was found.
    """
    needs = _needs(operations)
    if unknown := set(needs) - set(tables):
        raise TypeError(f"tables that the write loop was not given: {unknown}")
    wanted = [(table, needs[table]) for table in tables if table in needs]
    looks = [look for table, need in wanted for look in _locking(table, need)]
    looks += [_look(one) for _, need in wanted for one in need.selections if one.mode != "update"]
    _, *found, ((now,),) = await connection.ask([BEGIN, *(look.statement for look in looks), CLOCK])
    rows = Rows()
    rows.now = now
    for table, need in wanted:
        for column, _ in need.matches:
            rows.index(table, column)
    for look, values in zip(looks, found, strict=True):
        look.take(rows, values)
    for table, need in wanted:
        rows.name(table, list(need.keys))
    return rows


def _locking(table: Table[Any], need: _Needs) -> list[_Look]:
    """What waits for locks, in the order of the key."""
    looks = []
    if need.keys:
        looks.append(_Look(table, (table.lock_sql, table.key_arrays(list(need.keys)))))
    for (column, where), values in need.matches.items():
        looks.append(_Look(table, (table.match_sql(column, where), [list(values)])))
    return looks + [_look(one) for one in need.selections if one.mode == "update"]


def _look(selection: Selection[Any]) -> _Look:
    table = selection.table
    statement = table.select_sql(selection.where, selection.order, selection.limit, selection.mode)
    return _Look(table, (statement, selection.params), selection)


def _needs(operations: Sequence[Operation[Any]]) -> dict[Table[Any], _Needs]:
    needs: dict[Table[Any], _Needs] = {}
    for operation in operations:
        for need in operation.locks():
            of_table = needs.get(need.table)
            if of_table is None:
                of_table = needs[need.table] = _Needs()
            match need:
                case Lock():
                    of_table.keys[need.key] = None
                case Match():
                    of_table.matches.setdefault((need.column, need.where), {})[need.value] = None
                case Selection():
                    of_table.selections.append(need)
    return needs


def _decide(operations: Sequence[Operation[Any]], rows: Rows) -> list[Any]:
    results: list[Any] = []
    for operation in operations:
        rows.begin()
        try:
            results.append(operation.decide(rows))
        except Exception as error:
            rows.undo()
            results.append(error)
    return results


def _writes(tables: Sequence[Table[Any]], rows: Rows, patience: Patience) -> list[Statement]:
    """Everything that changes, each row once; then what is published."""
    statements: list[Statement] = []
    for table in tables:
        if (writes := rows.changes(table)) is None:
            continue
        if writes.deleted:
            statements.append((table.delete_sql, table.key_arrays(writes.deleted)))
        if writes.updated and (update := table.update(writes.updated)) is not None:
            statements.append(update)
        if writes.inserted:
            statements.append(table.insert(writes.inserted))
    statements += rows.statements
    answers = set(rows.answers)
    if answers:
        statements.append((ANSWERED, [sorted(answers)]))
    for emitted in rows.emitted:
        if emitted.answer_key in answers:
            emitted.answer_key = None
    if rows.emitted:
        statements.append(EMITTED.insert([outbox_row(emitted, rows.now, patience) for emitted in rows.emitted]))
    return statements
