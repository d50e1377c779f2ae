"""The one connection that a write loop owns, set up for short transactions of multi-row statements."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.types.array import ListBinaryDumper

WriteConnection = AsyncConnection[tuple[Any, ...]]

PLANNER = (
    # A cached plan made while the tables were empty would scan them for ever; every statement of the loop goes
    # through an index, so the plans are pinned instead (docs/performance.md has the figures).
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_bitmapscan=off -c jit=off"
)


async def connect(url: str, *, lock_timeout_seconds: float, application_name: str) -> WriteConnection:
    """Open the connection.

    A process that is stopped in the middle of a transaction must not hold its locks: the server ends it after 5 s.

    Raises:
        psycopg.OperationalError: the server can't be reached.
    """
    connection: WriteConnection = await AsyncConnection.connect(
        url,
        autocommit=True,
        prepare_threshold=0,
        connect_timeout=5,
        application_name=application_name,
        options=(
            f"{PLANNER} -c lock_timeout={int(lock_timeout_seconds * 1000)} "
            "-c idle_in_transaction_session_timeout=5000 -c statement_timeout=30000 -c timezone=UTC "
            "-c tcp_user_timeout=10000"
        ),
    )
    connection.prepared_max = None
    connection.adapters.register_dumper(list, ListBinaryDumper)
    return connection


async def run(connection: WriteConnection, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Execute one statement; the rows that it gives, read in binary."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(statement, params or None)  # ty: statements are constants of the program
    return await cursor.fetchall() if cursor.description else []


def sqlstate(error: psycopg.Error) -> str:
    """The five characters that say what went wrong; empty for a broken connection."""
    return error.sqlstate or ""
