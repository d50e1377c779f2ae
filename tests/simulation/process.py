"""A process of a service: what it shares with the others, and how it dies."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg.errors import DeadlockDetected

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.table import Table
from sluicegate_kit.db.transaction import Committed
from sluicegate_kit.db.waiting import Waiting
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.ingest import Ingest, Subscription
from sluicegate_kit.kafka.ports import NotDelivered, OnDelivered
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.outbox.relay import Relay
from sluicegate_kit.outbox.row import Patience
from sluicegate_kit.outbox.sweeper import Sweeper
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.topics import Party
from tests.simulation.broker import Broker, RestlessConsumer
from tests.simulation.chance import Chance
from tests.simulation.database import Database

PATIENCE = Patience(claim_seconds=30, answer_first_seconds=30, answer_max_seconds=120)
METRICS = {party: Metrics() for party in Party}

current: "ContextVar[Process]" = ContextVar("process")
"""In which process the present task runs."""


class MemoryWriteLoop(WriteLoop):
    """The write loop on a `Database`. Its process may die, its connection break, at any commit."""

    def __init__(self, process: "Process", tables: Sequence[Table[Any]], relay: Relay) -> None:
        super().__init__(
            "memory",
            tables,
            publisher=relay,
            patience=PATIENCE,
            name=process.name,
            unavailable_after_seconds=float("inf"),
        )
        self._process = process

    async def _try(self, batch: list[Waiting]) -> Committed:
        process, chance = self._process, self._process.chance
        await asyncio.sleep(chance.between(0.001, 0.2) if chance.bad(0.3) else 0.001)
        await process.live()
        if chance.bad(0.01):
            raise DeadlockDetected("run it again")
        committed = process.database.transact([waiting.operation for waiting in batch], PATIENCE)
        if chance.bad(0.05):
            raise psycopg.OperationalError("the connection was lost at COMMIT")
        if process.dies(0.004):
            await process.live()
        return committed


class Process:
    """One start of one service. Killed, it stays as it is: nothing of it goes on."""

    def __init__(
        self,
        name: str,
        party: Party,
        *,
        database: Database,
        tables: Sequence[Table[Any]],
        broker: Broker,
        group: str,
        topics: Sequence[str],
        chance: Chance,
        surprise: Callable[[str], None],
    ) -> None:
        self.name = name
        self.party = party
        self.database = database
        self.broker = broker
        self.chance = chance
        self.alive = True
        self.consumer = RestlessConsumer(broker, group, topics, chance)
        self.surprise = surprise
        self.relay = Relay(self)
        self.writes = MemoryWriteLoop(self, tables, self.relay)
        self.writes.ride(self.relay)
        self.sweeper = Sweeper(self.writes, self.relay, PATIENCE)
        self.ingest: Ingest
        self._turn: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, subscriptions: Sequence[Subscription]) -> None:
        """Start the loops that wait for work by themselves."""
        self.ingest = Ingest(
            self.consumer,
            self.writes,
            subscriptions,
            party=self.party,
            on_log_lost=self.on_log_lost,
            metrics=METRICS[self.party],
            log_check_seconds=0,
        )
        self.do(self.writes.run())
        self.do(self.relay.run(self.writes))

    async def on_log_lost(self) -> None:
        """What the service does beyond sending its waits again."""

    def do(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[None]":
        """Have something done in this process. An error that no service foresees is a surprise."""
        token = current.set(self)
        task = asyncio.get_running_loop().create_task(self._watch(work))
        current.reset(token)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def ingest_some(self) -> None:
        """One turn of ingest, unless the last one is still under way."""
        if self._turn is None or self._turn.done():
            self._turn = self.do(self.ingest.turn())

    @property
    def idle(self) -> bool:
        """Nothing is to be read, nothing is being written."""
        return (self._turn is None or self._turn.done()) and self.writes.depth == 0 and not self.consumer.unread

    def dies(self, probability: float) -> bool:
        """Whether it is killed right here."""
        if self.chance.bad(probability):
            self.kill()
        return not self.alive

    def kill(self) -> None:
        """As `kill -9`: what is committed stays, what is published stays, all else is gone."""
        self.alive = False
        self.consumer.leave()

    async def live(self) -> None:
        """Never returns in a dead process."""
        if not self.alive:
            await asyncio.get_running_loop().create_future()

    # The producer (see `sluicegate_kit.kafka.ports.Producer`)

    def send(self, messages: Sequence[Message], on_delivered: OnDelivered) -> None:
        """Into the topics, unless the process is dead or the broker is away."""
        for message in messages:
            if self.dies(0.002):
                return
            self._send(message, on_delivered)

    async def run(self) -> None:
        """Nothing to serve."""

    def stop(self) -> None:
        """Nothing to stop."""

    def _send(self, message: Message, on_delivered: OnDelivered) -> None:
        lost = not self.broker.available or self.chance.bad(0.02)
        if not lost or self.chance.bad(0.5):
            self.broker.produce(message, self.party)

        def deliver() -> None:
            if self.alive:
                on_delivered(message, NotDelivered("no acknowledgement") if lost else None)

        asyncio.get_running_loop().call_later(self.chance.between(0, 0.05), deliver)

    async def _watch(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Exception as error:
            self.surprise(f"{self.name}: {type(error).__name__}: {error}")

    async def submit(self, operation: Operation[Any]) -> Any:
        """Have it committed."""
        return await self.writes.submit(operation)
