"""The one connection that a write loop owns: a list of statements is one round trip, all values travel in binary."""

from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.array import ListBinaryDumper
from psycopg.waiting import Ready, Wait

Row: TypeAlias = tuple[Any, ...]
Statement: TypeAlias = tuple[str, Sequence[Any]]
"""SQL with a `%b` for each of the values."""
_Key: TypeAlias = tuple[str, tuple[int, ...]]
"""A statement, and the types of its values: what is prepared."""
_Named: TypeAlias = tuple[_Key, bytes]
_Bound: TypeAlias = tuple[_Key, Sequence[Any], Sequence[Format]]

PLANNER = (
    # A cached plan made while the tables were empty would scan them for ever; every statement of the loop goes
    # through an index, so the plans are pinned instead (docs/performance.md has the figures).
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_bitmapscan=off -c jit=off"
)


class WriteConnection:
    """libpq's pipeline mode, used whole: cursors in a pipeline still take one system call and one turn each.

    What could not be read to its end is closed: nobody knows where such a connection stands.
    """

    def __init__(self, connection: AsyncConnection[Row]) -> None:
        self._connection = connection
        self._values = Transformer(connection)
        self._prepared: dict[_Key, bytes] = {}
        self._names = 0

    @property
    def closed(self) -> bool:
        """Nothing can be asked any more."""
        return self._connection.closed

    async def close(self) -> None:
        """The server rolls back what is under way."""
        await self._connection.close()

    async def ask(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Send all of them; the rows that each gives. Once one fails the server skips the others.

        Raises:
            psycopg.Error: of the one that failed.
        """
        async with self._connection.lock:
            bound = [self._bind(*statement) for statement in statements]
            try:
                expected = self._send(bound)
                results = await self._connection.wait(_read(self._connection.pgconn))
                self._connection.pgconn.exit_pipeline_mode()
            except BaseException:
                await self._connection.close()
                raise
            return self._take(expected, results)

    def _bind(self, statement: str, values: Sequence[Any]) -> _Bound:
        dumped = self._values.dump_sequence(values, [PyFormat.BINARY] * len(values))
        # An array of NULLs has no type, and goes as text all the same.
        return (statement, self._values.types or ()), dumped, self._values.formats or ()

    def _send(self, bound: Sequence[_Bound]) -> list[_Named | None]:
        """Fill the send buffer. Gives what each result will be about: a statement prepared now, or the rows of one."""
        to = self._connection.pgconn
        to.enter_pipeline_mode()
        expected: list[_Named | None] = []
        new: dict[_Key, bytes] = {}
        for key, values, formats in bound:
            name = self._prepared.get(key) or new.get(key)
            if name is None:
                self._names += 1
                name = new[key] = b"w%d" % self._names
                to.send_prepare(name, _numbered(key[0]), key[1])
                expected.append((key, name))
            to.send_query_prepared(name, values, formats, Format.BINARY)
            expected.append(None)
        to.pipeline_sync()
        return expected

    def _take(self, expected: Sequence[_Named | None], results: Sequence[PGresult]) -> list[list[Row]]:
        found: list[list[Row]] = []
        failed: PGresult | None = None
        for named, result in zip(expected, results, strict=True):
            match result.status:
                case ExecStatus.TUPLES_OK:
                    self._values.set_pgresult(result)
                    found.append(self._values.load_rows(0, result.ntuples, tuple))
                case ExecStatus.COMMAND_OK if named is not None:
                    self._prepared[named[0]] = named[1]
                case ExecStatus.COMMAND_OK:
                    found.append([])
                case ExecStatus.PIPELINE_ABORTED:
                    pass
                case _:
                    failed = failed or result
        if failed is not None:
            raise error_from_result(failed)
        return found


async def connect(url: str, *, lock_timeout_seconds: float, application_name: str) -> WriteConnection:
    """Open the connection.

    A process that is stopped in the middle of a transaction must not hold its locks: the server ends it after 5 s.

    Raises:
        psycopg.OperationalError: the server can't be reached.
    """
    connection: AsyncConnection[Row] = await AsyncConnection.connect(
        url,
        autocommit=True,
        connect_timeout=5,
        application_name=application_name,
        options=(
            f"{PLANNER} -c lock_timeout={int(lock_timeout_seconds * 1000)} "
            "-c idle_in_transaction_session_timeout=5000 -c statement_timeout=30000 -c timezone=UTC "
            "-c tcp_user_timeout=10000"
        ),
    )
    connection.adapters.register_dumper(list, ListBinaryDumper)
    return WriteConnection(connection)


def sqlstate(error: psycopg.Error) -> str:
    """The five characters that say what went wrong; empty for a broken connection."""
    return error.sqlstate or ""


def _read(of: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """Send what is buffered, then read up to the synchronization point; for `AsyncConnection.wait`."""
    while of.flush():
        if (yield Wait.RW) & Ready.R:
            of.consume_input()  # else server and client could both wait for the other to read
    results: list[PGresult] = []
    while True:
        while of.is_busy():
            yield Wait.R
            of.consume_input()  # raises when the connection is gone, so this ends
        result = of.get_result()
        if result is None:
            continue  # the end of one statement's results
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> bytes:
    """With `$1`, `$2`, … for the placeholders, as the server wants them."""
    first, *others = statement.split("%b")
    return "".join([first, *(f"${number}{text}" for number, text in enumerate(others, 1))]).encode()
