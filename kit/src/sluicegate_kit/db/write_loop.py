"""Group commit: while a transaction is in flight operations queue, then all that queued run as the next one.

Low load pays one commit of latency, high load one commit for hundreds of operations; there is no timer.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import psycopg
import structlog

from sluicegate_kit.db.connection import WriteConnection, connect, sqlstate
from sluicegate_kit.db.errors import DatabaseUnavailable, DataRefused, StatementRefused, WritesStopped
from sluicegate_kit.db.operation import Operation, Rider
from sluicegate_kit.db.rows import Emitted
from sluicegate_kit.db.table import Table
from sluicegate_kit.db.transaction import Committed, transact
from sluicegate_kit.db.waiting import Member, Party, Promise, Receiver, Waiting
from sluicegate_kit.outbox.row import OUTBOX, Patience

T = TypeVar("T")

MAX_OPERATIONS = 500
MAX_BYTES = 4 * 1024 * 1024
DATA_ERRORS = ("22", "23", "54")
"""SQLSTATE classes that one operation's data can cause (PostgreSQL, appendix A)."""
UNIQUE_VIOLATION = "23505"
RERUN = frozenset({"40P01", "40001", "55P03"})
"""Deadlock, serialization failure, lock timeout."""
UNAVAILABLE = ("", "08", "25", "53", "57", "58")
"""A broken connection and the SQLSTATE classes of a server that can't work now: also full, restarting, ended by it."""
UNIQUE_RERUNS = 3

log = structlog.get_logger(__name__)


class Publisher(Protocol):
    """Takes what a commit has to publish."""

    def publish(self, events: Sequence[Emitted]) -> None:
        """Hand the events to the broker, in order, at once. Must not block or raise."""


class WriteLoop:
    """The only writer of its process.

    `tables`: all that operations may name, in the one order in which every process locks them.
    """

    def __init__(
        self,
        url: str,
        tables: Sequence[Table[Any]],
        *,
        publisher: Publisher,
        patience: Patience,
        name: str,
        lock_timeout_seconds: float = 2,
        pooled: bool = False,
        unavailable_after_seconds: float = 5,
        observe_group: Callable[[int], None] = lambda operations: None,
    ) -> None:
        self._url = url
        self._tables = (*tables, OUTBOX)
        self._publisher = publisher
        self._patience = patience
        self._name = name
        self._lock_timeout_seconds = lock_timeout_seconds
        self._pooled = pooled
        self._unavailable_after_seconds = unavailable_after_seconds
        self._observe_group = observe_group
        self._queue: deque[Waiting] = deque()
        self._riders: list[Rider] = []
        self._arrived = asyncio.Event()
        self._stopping = False
        self._connection: WriteConnection | None = None

    def ride(self, rider: Rider) -> None:
        """Let the rider add an operation to every batch, in the same transaction."""
        self._riders.append(rider)

    async def submit(self, operation: Operation[T]) -> T:
        """Have the operation committed, and give what it decided.

        Raises:
            DataRefused: the database refuses its data.
            StatementRefused: the database refuses what it asks for, whatever the data.
            DatabaseUnavailable: no database for `unavailable_after_seconds`; it may or may not be committed.
            WritesStopped: the loop has ended.
            Exception: whatever `decide` raised.
        """
        result: T = await self.enqueue(operation)
        return result

    def enqueue(self, operation: Operation[T]) -> asyncio.Future[T]:
        """`submit` without waiting: operations are committed in the order in which they are enqueued."""
        promise = Promise()
        self._enqueue([(operation, promise)])
        return promise.future

    async def submit_all(self, operations: Sequence[Operation[T]]) -> list[T | BaseException]:
        """`submit` for many, in their order; what each gave, or the exception that it met. Cheaper than one by one."""
        if not operations:
            return []
        party = Party(len(operations))
        self._enqueue([(operation, Member(party, place)) for place, operation in enumerate(operations)])
        return await party.future

    def _enqueue(self, operations: Sequence[tuple[Operation[Any], Receiver]]) -> None:
        if self._stopping:
            for _, receiver in operations:
                receiver.missed(WritesStopped("the process is stopping"))
            return
        now = time.monotonic()
        self._queue.extend([Waiting(operation, receiver, now) for operation, receiver in operations])
        self._arrived.set()

    def nudge(self) -> None:
        """Run a batch soon even if nothing is queued, so that riders get their turn."""
        self._arrived.set()

    async def run(self) -> None:
        """Commit batches until `stop`; then what is queued is still committed."""
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while batch := self._board():
                    await self._commit(batch)
                if self._stopping:
                    return
        finally:
            self._stopping = True
            for waiting in self._queue:
                waiting.failed(WritesStopped("the process is stopping"))
            self._queue.clear()
            if self._connection is not None:
                await self._connection.close()

    def stop(self) -> None:
        """Take nothing more; `run` returns when the queue is empty."""
        self._stopping = True
        self._arrived.set()

    @property
    def depth(self) -> int:
        """Operations that wait for a batch."""
        return len(self._queue)

    def _board(self) -> list[Waiting]:
        batch: list[Waiting] = []
        size = 0
        while self._queue and len(batch) < MAX_OPERATIONS:
            size += self._queue[0].operation.size
            if batch and size > MAX_BYTES:
                break
            batch.append(self._queue.popleft())
        return [*batch, *self._riding_with(len(batch))]

    def _riding_with(self, aboard: int) -> list[Waiting]:
        now = time.monotonic()
        boarded = [(rider, rider.board(aboard)) for rider in self._riders]
        return [Waiting(operation, rider, now, rides=True) for rider, operation in boarded if operation is not None]

    async def _commit(self, batch: list[Waiting], unique_reruns: int = UNIQUE_RERUNS) -> None:
        """Commit the batch, or find the operation that keeps it from being committed."""
        pause = 0.01
        while True:
            try:
                committed = await self._try(batch)
            except psycopg.Error as error:
                code = sqlstate(error)
                if code == UNIQUE_VIOLATION and unique_reruns > 0:
                    unique_reruns -= 1  # another process inserted after our locks; this time the row is there to lock
                    continue
                if code in RERUN:
                    log.info("batch run again", sqlstate=code, operations=len(batch))
                elif code[:2] in UNAVAILABLE:
                    await self._disconnect(error)
                else:
                    await self._halve(batch, error)
                    return
                batch = self._give_up_on_old(batch, error)
                if not batch:
                    return
                await asyncio.sleep(pause * (0.5 + random.random()))
                pause = min(pause * 2, 1.0)
                continue
            except Exception as error:
                # A bug in `locks()` or in a rider must not end the loop with everybody waiting.
                log.exception("batch failed")
                for waiting in batch:
                    waiting.failed(error)
                return
            break
        self._observe_group(len(batch))
        if committed.emitted:
            self._publisher.publish(committed.emitted)
        for waiting, result in zip(batch, committed.results, strict=True):
            waiting.done(result)

    async def _try(self, batch: list[Waiting]) -> Committed:
        if self._connection is None or self._connection.closed:
            self._connection = await connect(
                self._url,
                lock_timeout_seconds=self._lock_timeout_seconds,
                application_name=self._name,
                pooled=self._pooled,
            )
        operations = [waiting.operation for waiting in batch]
        return await transact(self._connection, self._tables, operations, self._patience)

    async def _halve(self, batch: list[Waiting], error: psycopg.Error) -> None:
        """One operation of the batch is refused by the database: only that one may fail."""
        if len(batch) == 1:
            code, detail = sqlstate(error), error.diag.message_primary or str(error)
            of_data = code[:2] in DATA_ERRORS
            batch[0].failed(DataRefused(code, detail) if of_data else StatementRefused(code, detail))
            return
        passengers = [waiting for waiting in batch if not waiting.rides]
        if len(passengers) > 1:
            # Riders see what is committed with them: each half is a batch of its own, and they ride with both.
            for waiting in batch:
                if waiting.rides:
                    waiting.failed(error)
            middle = len(passengers) // 2
            for half in (passengers[:middle], passengers[middle:]):
                await self._commit([*half, *self._riding_with(len(half))], unique_reruns=1)
        else:
            middle = len(batch) // 2
            await self._commit(batch[:middle], unique_reruns=1)
            await self._commit(batch[middle:], unique_reruns=1)

    async def _disconnect(self, error: psycopg.Error) -> None:
        log.warning("database connection lost", error=str(error).strip(), sqlstate=sqlstate(error))
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def _give_up_on_old(self, batch: list[Waiting], error: psycopg.Error) -> list[Waiting]:
        limit = time.monotonic() - self._unavailable_after_seconds
        for waiting in batch:
            if waiting.since < limit:
                waiting.failed(DatabaseUnavailable(str(error).strip()))
        while self._queue and self._queue[0].since < limit:
            self._queue.popleft().failed(DatabaseUnavailable(str(error).strip()))
        return [waiting for waiting in batch if waiting.since >= limit]
