"""Relay and sweeper on a real PostgreSQL and the broker in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from sluicegate_kit.db.ddl import KIT_V1
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryProducer
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.migrate import sqlalchemy_url
from sluicegate_kit.outbox.depth import OutboxDepth
from sluicegate_kit.outbox.relay import Relay
from sluicegate_kit.outbox.row import OutboxRow, Patience
from sluicegate_kit.outbox.sweeper import MakeWaitsDue, Sweeper
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import made_at, new_id
from sluicegate_schemas.limits import RECORD_BYTES

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(empty_database: str) -> str:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(KIT_V1)
    return empty_database


@dataclass(frozen=True, slots=True)
class Say(Operation[None]):
    text: bytes
    answer_key: str | None = None

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.emit(Message("said", "key", self.text), answer_key=self.answer_key)


@dataclass(frozen=True, slots=True)
class Repeat(Operation[None]):
    """Its event has an id from before the first try."""

    message: Message

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.emit(self.message, answer_key="answer:1")


@dataclass(frozen=True, slots=True)
class Hear(Operation[None]):
    answer_key: str

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.answered(self.answer_key)


class Service:
    """A write loop with its relay and sweeper; `sweep()` is one pass."""

    def __init__(self, url: str, broker: MemoryBroker, patience: Patience, message_max_bytes: int) -> None:
        self.url = url
        self.broker = broker
        self.producer = MemoryProducer(broker, message_max_bytes=message_max_bytes)
        self.relay = Relay(self.producer)
        self.writes = WriteLoop(url, (), publisher=self.relay, patience=patience, name="outbox-test")
        self.writes.ride(self.relay)
        self.sweeper = Sweeper(self.writes, self.relay, patience)

    def said(self) -> list[bytes]:
        return [record.value or b"" for record in self.broker.records("said")]

    def waiting(self) -> list[tuple[bytes, int]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT value, sends FROM outbox ORDER BY id").fetchall()

    async def until_waiting(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.waiting()) != count:
                await asyncio.to_thread(lambda: None)


@asynccontextmanager
async def running(
    url: str,
    broker: MemoryBroker,
    patience: Patience | None = None,
    message_max_bytes: int = 1000,
) -> AsyncIterator[Service]:
    service = Service(url, broker, patience or Patience(), message_max_bytes)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(service.producer.run())
        tasks.create_task(service.writes.run())
        relay = tasks.create_task(service.relay.run(service.writes))
        yield service
        relay.cancel()
        service.writes.stop()
        service.producer.stop()


async def test_an_event_leaves_right_after_the_commit_and_its_row_goes_when_the_broker_has_it(database: str) -> None:
    async with running(database, MemoryBroker()) as service:
        await service.writes.submit(Say(b"hello"))
        await service.until_waiting(0)
    assert service.said() == [b"hello"]


async def test_an_event_that_wants_an_answer_stays_until_the_answer_is_in(database: str) -> None:
    async with running(database, MemoryBroker()) as service:
        await service.writes.submit(Say(b"hello?", "answer:1"))
        await service.writes.submit(Say(b"by the way"))
        await service.until_waiting(1)
        assert service.waiting() == [(b"hello?", 0)]
        await service.writes.submit(Hear("answer:1"))
        assert service.waiting() == []


async def test_an_operation_run_again_after_its_commit_was_lost_finds_its_event_and_is_not_refused(
    database: str,
) -> None:
    again = Repeat(Message("said", "key", b"hello"))
    async with running(database, MemoryBroker()) as service:
        await service.writes.submit(again)
        await service.writes.submit(again)
        assert service.waiting() == [(b"hello", 0)]


async def test_what_has_no_answer_is_sent_again_byte_for_byte_and_ever_more_rarely(database: str) -> None:
    patience = Patience(claim_seconds=0, answer_first_seconds=0.0, answer_max_seconds=3600)
    async with running(database, MemoryBroker(), patience) as service:
        await service.writes.submit(Say(b"hello?", "answer:1"))
        assert [await service.sweeper.sweep() for _ in range(3)] == [1, 1, 1]
    assert service.said() == [b"hello?"] * 4
    assert service.waiting() == [(b"hello?", 3)]


async def test_what_is_claimed_is_left_alone_until_its_claim_runs_out(database: str) -> None:
    broker = MemoryBroker()
    broker.available = False
    async with running(database, broker) as service:
        await service.writes.submit(Say(b"hello"))
        assert await service.sweeper.sweep() == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE outbox SET claimed_until = clock_timestamp()")
    broker.available = True
    async with running(database, broker) as service:
        assert await service.sweeper.sweep() == 1
        await service.until_waiting(0)
    assert service.said() == [b"hello"]


async def test_two_sweepers_never_take_the_same_row(database: str) -> None:
    patience = Patience()
    async with running(database, MemoryBroker(), patience) as one, running(database, one.broker, patience) as two:
        await asyncio.gather(*(one.writes.submit(Say(b"%d" % number, f"answer:{number}")) for number in range(300)))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("UPDATE outbox SET claimed_until = clock_timestamp()")
        sent = list(await asyncio.gather(one.sweeper.sweep(), two.sweeper.sweep(), one.sweeper.sweep()))
        while sum(sent) < 300:  # who met the other one's rows got none in that pass
            sent.append(await two.sweeper.sweep())
            assert sent[-1] > 0
    assert sum(sent) == 300
    assert {sends for _, sends in one.waiting()} == {1}


async def test_an_event_that_no_broker_takes_is_kept_and_not_sent_again(database: str) -> None:
    async with running(database, MemoryBroker(), message_max_bytes=50) as service:
        await service.writes.submit(Say(b"x" * 100))
        async with asyncio.timeout(20):
            with psycopg.connect(database, autocommit=True) as connection:
                shelved = "SELECT count(*) FROM outbox WHERE claimed_until = 'infinity'"
                while connection.execute(shelved).fetchall() != [(1,)]:
                    await asyncio.to_thread(lambda: None)
        await service.writes.submit(MakeWaitsDue())
        assert await service.sweeper.sweep() == 0
    assert service.said() == []


async def test_a_pass_takes_so_many_bytes_that_memory_holds_them(database: str) -> None:
    async with running(database, MemoryBroker(), message_max_bytes=RECORD_BYTES) as service:
        await asyncio.gather(*(service.writes.submit(Say(b"x" * 2_500_000, f"answer:{each}")) for each in range(10)))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("UPDATE outbox SET claimed_until = now() - interval '1 s'")
        assert [await service.sweeper.sweep() for _ in range(3)] == [7, 3, 0]


async def test_a_lost_log_makes_every_wait_due(database: str) -> None:
    async with running(database, MemoryBroker()) as service:
        await service.writes.submit(Say(b"hello?", "answer:1"))
        assert await service.sweeper.sweep() == 0
        await service.writes.submit(MakeWaitsDue())
        assert await service.sweeper.sweep() == 1


@given(sends=st.integers(0, 10_000), luck=st.floats(0, 1, exclude_max=True))
def test_waits_double_with_jitter_up_to_the_longest(sends: int, luck: float) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = OutboxRow(new_id(), "said", None, b"", "[]", "answer:1", sends, now)
    again = Patience().again(row, now, luck)
    wait = min(30.0 * 2 ** min(sends + 1, 30), 3600)
    assert again.sends == sends + 1
    assert timedelta(seconds=wait * 0.8) <= again.claimed_until - now <= timedelta(seconds=wait * 1.2)


async def test_what_waits_is_shown_with_the_age_of_the_oldest_by_topic(database: str) -> None:
    metrics = Metrics()
    engine = create_async_engine(sqlalchemy_url(database))
    depth = OutboxDepth(engine, metrics, ("said", "never-said"))

    def oldest(topic: str) -> float | None:
        return metrics.registry.get_sample_value("sluicegate_outbox_oldest_seconds", {"topic": topic})

    async with running(database, MemoryBroker()) as service:
        made = new_id()
        await service.writes.submit(Repeat(Message("said", "key", b"hello", (), made)))
        await service.writes.submit(Say(b"hello?", "answer:2"))
        await depth.look()
        assert metrics.registry.get_sample_value("sluicegate_outbox_depth") == 2
        assert 0 <= (oldest("said") or -1) <= time.time() - made_at(made)
        assert oldest("never-said") == 0
        with psycopg.connect(database, autocommit=True) as connection:
            hour_ago = UUID(int=made.int - (3_600_000 << 80))
            connection.execute("UPDATE outbox SET id = %s WHERE answer_key = 'answer:2'", (hour_ago,))
        await depth.look()
        assert 3600 <= (oldest("said") or 0) < 3700
        await service.writes.submit(Hear("answer:1"))
        await service.writes.submit(Hear("answer:2"))
        await depth.look()
        assert oldest("said") == 0
    await engine.dispose()
