"""The connection of a write loop on a real PostgreSQL: lists of statements, what fails among them, what is cut off."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from sluicegate_kit.db.connection import Statement, WriteConnection, connect
from tests.ports.db.cutting_proxy import CuttingProxy

pytestmark = pytest.mark.anyio

ONE: Statement = ("SELECT 1", ())
FAILS: Statement = ("SELECT 1 / 0", ())


@pytest.fixture(params=[False, True], ids=["a session of its own", "pooled"])
async def connection(request: pytest.FixtureRequest, empty_database: str) -> AsyncIterator[WriteConnection]:
    opened = await connect(empty_database, lock_timeout_seconds=1, application_name="test", pooled=bool(request.param))
    yield opened
    await opened.close()


async def test_each_statement_gives_its_rows_in_order(connection: WriteConnection) -> None:
    asked: list[Statement] = [
        ("SELECT generate_series(1, 3)", ()),
        ("CREATE TEMPORARY TABLE t (a int8)", ()),
        ("INSERT INTO t SELECT * FROM unnest(%b::int8[])", ([7, 8],)),
        ("SELECT a, %b::text FROM t ORDER BY a", ("x",)),
    ]
    assert await connection.ask(asked) == [[(1,), (2,), (3,)], [], [], [(7, "x"), (8, "x")]]


async def test_values_come_back_as_they_went(connection: WriteConnection) -> None:
    values = ["a'b\n$1 %s", 2**62, -1, 1.5, True, b"\0\xff", uuid4(), datetime.now(UTC), None]
    types = ["text", "int8", "int8", "float8", "bool", "bytea", "uuid", "timestamptz", "text"]
    for value, kind in zip(values, types, strict=True):
        ((one,), (many,)) = await connection.ask(
            [(f"SELECT %b::{kind}", (value,)), (f"SELECT %b::{kind}[]", ([value, None],))]
        )
        assert (one, many) == ((value,), ([value, None],))


@pytest.mark.parametrize("kind", ["text", "int8", "bytea", "uuid", "timestamptz"])
async def test_a_column_in_which_no_row_has_a_value_goes_as_well(connection: WriteConnection, kind: str) -> None:
    assert await connection.ask([(f"SELECT * FROM unnest(%b::{kind}[])", ([None, None],))]) == [[(None,), (None,)]]


async def test_its_settings_hold_in_each_transaction_from_its_begin_to_its_end(connection: WriteConnection) -> None:
    names = ("plan_cache_mode", "enable_seqscan", "lock_timeout", "idle_in_transaction_session_timeout")
    look: Statement = ("SELECT " + ", ".join(f"current_setting('{name}')" for name in names), ())
    as_set = [("force_generic_plan", "off", "1s", "5s")]
    for _ in range(2):
        assert await connection.ask([look, look]) == [as_set, as_set]
        assert await connection.ask([("BEGIN", ()), look]) == [[], as_set]
        assert await connection.ask([look, ("COMMIT", ())]) == [as_set, []]


async def test_a_pooled_one_leaves_nothing_in_the_session(empty_database: str) -> None:
    connection = await connect(empty_database, lock_timeout_seconds=1, application_name="test", pooled=True)
    await connection.ask([("BEGIN", ()), ("SELECT %b::int8", (1,)), ("COMMIT", ())])
    raw = connection._connection
    assert await (await raw.execute("SELECT count(*) FROM pg_prepared_statements")).fetchone() == (0,)
    assert await (await raw.execute("SHOW enable_seqscan")).fetchone() == ("on",)
    await connection.close()


async def test_after_one_that_fails_the_others_are_skipped(connection: WriteConnection) -> None:
    await connection.ask([("CREATE TEMPORARY TABLE t (a int8)", ())])
    with pytest.raises(psycopg.errors.DivisionByZero):
        await connection.ask([("BEGIN", ()), ONE, FAILS, ("INSERT INTO t VALUES (1)", ()), ("COMMIT", ())])
    await connection.ask([("ROLLBACK", ())])
    assert await connection.ask([("SELECT * FROM t", ())]) == [[]]


async def test_a_statement_first_met_behind_a_failure_works_the_next_time(connection: WriteConnection) -> None:
    late: Statement = ("SELECT %b::int8 + 1", (1,))
    with pytest.raises(psycopg.errors.DivisionByZero):
        await connection.ask([FAILS, late, late])
    assert await connection.ask([late, ONE, late]) == [[(2,)], [(1,)], [(2,)]]


async def test_a_statement_that_does_not_parse_is_named_as_the_error(connection: WriteConnection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        await connection.ask([ONE, ("SELECT * FROM nowhere", ())])
    assert await connection.ask([ONE]) == [[(1,)]]


async def test_both_sides_can_send_more_than_the_line_holds(connection: WriteConnection) -> None:
    large = os.urandom(4_000_000)
    found = await asyncio.wait_for(connection.ask([("SELECT %b::bytea", (large,))] * 4), 30)
    assert found == [[(large,)]] * 4


async def test_who_asks_at_the_same_time_gets_its_own_rows(connection: WriteConnection) -> None:
    found = await asyncio.gather(*[connection.ask([("SELECT %b::int8", (n,)), ONE]) for n in range(20)])
    assert found == [[[(n,)], [(1,)]] for n in range(20)]


async def test_one_that_is_cancelled_leaves_no_half_read_answer(connection: WriteConnection) -> None:
    asking = asyncio.create_task(connection.ask([ONE, ("SELECT pg_sleep(120)", ()), ONE]))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asking, 20)
    assert connection.closed


async def test_a_line_that_is_cut_is_an_error_and_no_wait(empty_database: str) -> None:
    async with CuttingProxy.to(empty_database) as proxy:
        connection = await connect(proxy.url, lock_timeout_seconds=1, application_name="test")
        asking = asyncio.create_task(connection.ask([ONE, ("SELECT pg_sleep(120)", ())]))
        await asyncio.sleep(0.1)
        proxy.cut()
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(asking, 20)
        assert connection.closed


async def test_a_line_that_fell_silent_is_an_error_after_a_while(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sluicegate_kit.db.connection.ANSWER_SECONDS", 0.5)
    async with CuttingProxy.to(empty_database) as proxy:
        connection = await connect(proxy.url, lock_timeout_seconds=1, application_name="test")
        assert await connection.ask([ONE]) == [[(1,)]]
        proxy.fall_silent()
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(connection.ask([ONE]), 15)
        assert connection.closed


@pytest.mark.skipif(sys.platform != "linux", reason="names of socket options")
async def test_a_server_whose_machine_is_gone_is_noticed(empty_database: str) -> None:
    connection = await connect(empty_database, lock_timeout_seconds=1, application_name="test")
    line = socket.socket(fileno=os.dup(connection._connection.fileno()))
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    assert [line.getsockopt(socket.IPPROTO_TCP, option) for option in options] == [5, 3, 3, 14_000]
    line.close()
    await connection.close()
