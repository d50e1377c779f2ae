"""One batch of operations as one transaction: lock, decide one after the other, write each row once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.connection import WriteConnection, run
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Lock, Match, Selection, Table
from sluicegate_kit.outbox.row import EMITTED, Patience, outbox_row

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


async def transact(
    connection: WriteConnection, tables: Sequence[Table[Any]], operations: Sequence[Operation[Any]], patience: Patience
) -> Committed:
    """Run the operations in one transaction.

    Raises:
        psycopg.Error: nothing was written, or, when the connection broke at COMMIT, nobody knows.
    """
    await run(connection, "BEGIN")
    try:
        rows = await _lock(connection, tables, operations)
        results = _decide(operations, rows)
        emitted = await _write(connection, tables, rows, patience)
        crash_point("write_loop.before_commit")
        await run(connection, "COMMIT")
    except BaseException:
        if not connection.closed:
            await asyncio.shield(_roll_back(connection))
        raise
    crash_point("write_loop.after_commit")
    return Committed(results, emitted)


async def _roll_back(connection: WriteConnection) -> None:
    if not connection.broken:
        await connection.rollback()


async def _lock(
    connection: WriteConnection, tables: Sequence[Table[Any]], operations: Sequence[Operation[Any]]
) -> Rows:
    """Tables in their fixed order, keys in theirs, so that two batches never wait for each other in a circle."""
    needs = _needs(operations)
    if unknown := set(needs) - set(tables):
        raise TypeError(f"tables that the write loop was not given: {unknown}")
    rows = Rows()
    for table in tables:
        if (need := needs.get(table)) is None:
            continue
        for column, _ in need.matches:
            rows.index(table, column)
        if need.keys:
            found = await run(connection, table.lock_sql, table.key_arrays(list(need.keys)))
            rows.load(table, [table.read(values) for values in found])
            rows.name(table, list(need.keys))
        for (column, where), values in need.matches.items():
            found = await run(connection, table.match_sql(column, where), [list(values)])
            rows.load(table, [table.read(row) for row in found])
        for selection in need.selections:
            if selection.mode == "update":
                await _select(connection, rows, selection)
    for table in tables:
        if (need := needs.get(table)) is not None:
            for selection in need.selections:
                if selection.mode != "update":
                    await _select(connection, rows, selection)
    ((rows.now,),) = await run(connection, "SELECT clock_timestamp()")
    return rows


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


async def _select(connection: WriteConnection, rows: Rows, selection: Selection[Any]) -> None:
    table = selection.table
    statement = table.select_sql(selection.where, selection.order, selection.limit, selection.mode)
    found = await run(connection, statement, selection.params)
    rows.found(selection, rows.load(table, [table.read(values) for values in found]))


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


async def _write(
    connection: WriteConnection, tables: Sequence[Table[Any]], rows: Rows, patience: Patience
) -> list[Emitted]:
    for table in tables:
        if (writes := rows.changes(table)) is None:
            continue
        if writes.deleted:
            await run(connection, table.delete_sql, table.key_arrays(writes.deleted))
        if writes.updated and (update := table.update(writes.updated)) is not None:
            await run(connection, *update)
        if writes.inserted:
            await run(connection, *table.insert(writes.inserted))
    for statement, params in rows.statements:
        await run(connection, statement, params)
    answers = set(rows.answers)
    if answers:
        await run(connection, ANSWERED, [sorted(answers)])
    if not rows.emitted:
        return rows.emitted
    for emitted in rows.emitted:
        if emitted.answer_key in answers:
            emitted.answer_key = None
    outbox = [outbox_row(emitted, rows.now, patience) for emitted in rows.emitted]
    await run(connection, *EMITTED.insert(outbox))
    return rows.emitted
