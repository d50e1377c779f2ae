"""The one connection that a write loop owns: a list of statements is one round trip, all values travel in binary."""

from asyncio import get_running_loop
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from sluicegate_kit.db.arrays import arrays_of
from sluicegate_kit.db.line import connected, hang_up

Row: TypeAlias = tuple[Any, ...]
Statement: TypeAlias = tuple[str, Sequence[Any]]
"""SQL with a `%b` for each of the values."""
_Key: TypeAlias = tuple[str, tuple[int, ...]]
"""A statement, and the types of its values: what is prepared."""
_Named: TypeAlias = tuple[_Key, bytes]
_Bound: TypeAlias = tuple[_Key, Sequence[Any], Sequence[Format]]

SETTINGS: Mapping[str, str] = {
    # A cached plan made while the tables were empty would scan them for ever; every statement of the loop goes
    # through an index, so the plans are pinned instead (docs/performance.md has the figures).
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
    # A process that is stopped in the middle of a transaction must not hold its locks.
    "idle_in_transaction_session_timeout": "5000",
    "statement_timeout": "30000",
}
OF_SESSION: Mapping[str, str] = {"timezone": "UTC", "tcp_user_timeout": "10000"}
ANSWER_SECONDS = 35.0
"""A server that has said nothing for so long is given up; a little more than its own `statement_timeout`."""


class WriteConnection:
    """libpq's pipeline mode, used whole: cursors in a pipeline still take one system call and one turn each.

    What could not be read to its end is closed: nobody knows where such a connection stands.
    """

    def __init__(self, connection: AsyncConnection[Row], *, at_begin: Statement | None = None) -> None:
        """`at_begin`: each transaction may meet another session; so it begins with this, and nothing is prepared."""
        self._connection = connection
        self._at_begin = at_begin
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
            psycopg.Error: of the one that failed, or that no answer came for `ANSWER_SECONDS`.
        """
        async with self._connection.lock:
            preface = self._preface()
            bound = [self._bind(*statement) for statement in (*preface, *statements)]
            # Not a timeout around `wait`: cancelled, psycopg asks the server to stop, and waits for it to say so.
            patience = get_running_loop().call_later(ANSWER_SECONDS, hang_up, self._connection.fileno())
            try:
                expected = self._send(bound)
                results = await self._connection.wait(_read(self._connection.pgconn))
                self._connection.pgconn.exit_pipeline_mode()
            except BaseException:
                await self._connection.close()
                raise
            finally:
                patience.cancel()
            return self._take(expected, results)[len(preface) :]

    def _preface(self) -> Sequence[Statement]:
        """A BEGIN behind it goes on with the transaction that it began."""
        begins = self._connection.pgconn.transaction_status == TransactionStatus.IDLE
        return [self._at_begin] if begins and self._at_begin is not None else ()

    def _bind(self, statement: str, values: Sequence[Any]) -> _Bound:
        arrays = arrays_of(statement)
        single = [None if array else value for array, value in zip(arrays, values, strict=True)]
        dumped = list(self._values.dump_sequence(single, [PyFormat.BINARY] * len(values)))
        types = list(self._values.types or ())
        for place, array in enumerate(arrays):
            if array:
                dumped[place], types[place] = array.encode(values[place]), array.oid
        return (statement, tuple(types)), dumped, [Format.BINARY] * len(values)

    def _send(self, bound: Sequence[_Bound]) -> list[_Named | None]:
        """Fill the send buffer. Gives what each result will be about: a statement prepared now, or the rows of one."""
        to = self._connection.pgconn
        to.enter_pipeline_mode()
        expected: list[_Named | None] = []
        new: dict[_Key, bytes] = {}
        for key, values, formats in bound:
            if self._at_begin is not None:
                to.send_query_params(_numbered(key[0]), values, key[1], formats, Format.BINARY)
                expected.append(None)
                continue
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


async def connect(
    url: str, *, lock_timeout_seconds: float, application_name: str, pooled: bool = False
) -> WriteConnection:
    """Open the connection; `pooled`: to a pooler that gives each transaction a session of its choice.

    Raises:
        psycopg.OperationalError: the server can't be reached.
    """
    settings = {**SETTINGS, "lock_timeout": str(int(lock_timeout_seconds * 1000))}
    connection: AsyncConnection[Row] = await connected(
        url,
        autocommit=True,
        application_name=application_name,
        options=None if pooled else " ".join(f"-c {name}={to}" for name, to in {**settings, **OF_SESSION}.items()),
    )
    return WriteConnection(connection, at_begin=_set_locally(settings) if pooled else None)


def sqlstate(error: psycopg.Error) -> str:
    """The five characters that say what went wrong; empty for a broken connection."""
    return error.sqlstate or ""


def _set_locally(settings: Mapping[str, str]) -> Statement:
    """Until the transaction ends."""
    return "SELECT " + ", ".join(f"set_config('{name}', '{to}', true)" for name, to in settings.items()), ()


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
