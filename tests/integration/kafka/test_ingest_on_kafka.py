"""Ingest on Apache Kafka and PostgreSQL: what happens when the log is lost under it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
import pytest

from sluicegate_dev.kafka_topics import recreate_topics
from sluicegate_kit.db.ddl import KIT_V1
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Need, Table
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.ingest import Ingest, Subscription
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Record
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.outbox.row import Patience
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.topics import JOB_REQUESTED, Party
from tests.ports.kafka.conftest import running
from tests.ports.kafka.deliveries import deliver
from tests.support.kafka import RealKafka

pytestmark = pytest.mark.anyio

DEADLINE_SECONDS = 40
DDL = "CREATE TABLE seen (value bytea PRIMARY KEY)"


class Seen(NamedTuple):
    """One row of the reader's table."""

    value: bytes


SEEN = Table("seen", Seen, key="value", insert_only=True)


@dataclass(frozen=True, slots=True)
class See(Operation[None]):
    """Writes the value down."""

    value: bytes

    def locks(self) -> Sequence[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.put(SEEN, Seen(self.value))


class Unpublished:
    """Nothing is published here."""

    def publish(self, events: Sequence[Emitted]) -> None:
        raise AssertionError("nothing to publish")


class Service:
    """One process of a service that writes down what it reads."""

    def __init__(self, kafka: RealKafka, database: str) -> None:
        self.database = database
        self.losses = 0
        self.lost = asyncio.Event()
        self.options = KafkaOptions(kafka.bootstrap_servers, "test")
        self.writes = WriteLoop(database, (SEEN, POSITIONS), publisher=Unpublished(), patience=Patience(), name="test")
        self.ingest = Ingest(
            ConfluentConsumer(self.options, "sluicegate-test", [JOB_REQUESTED.name]),
            self.writes,
            [Subscription(JOB_REQUESTED, lambda record: See(value_of(record)))],
            party=Party.WORKER,
            on_log_lost=self.on_log_lost,
            metrics=Metrics(),
            log_check_seconds=0.5,
        )

    async def on_log_lost(self) -> None:
        self.losses += 1
        self.lost.set()

    async def produce(self, *values: str) -> None:
        async with running(ConfluentProducer(self.options)) as producer:
            messages = [Message(JOB_REQUESTED.name, value, value.encode()) for value in values]
            assert await deliver(producer, messages) == [None] * len(values)

    async def has_seen(self, *values: str) -> None:
        """Returns when all of these are in the table."""
        wanted = [value.encode() for value in values]
        connection = await psycopg.AsyncConnection.connect(self.database, autocommit=True)
        async with connection, asyncio.timeout(DEADLINE_SECONDS):
            while True:
                cursor = await connection.execute("SELECT count(*) FROM seen WHERE value = ANY(%s)", [wanted])
                if await cursor.fetchone() == (len(wanted),):
                    return
                await asyncio.sleep(0.05)


def value_of(record: Record) -> bytes:
    assert record.value is not None
    return record.value


@asynccontextmanager
async def serving(kafka: RealKafka, database: str) -> AsyncIterator[Service]:
    service = Service(kafka, database)
    writing = asyncio.create_task(service.writes.run())
    ingesting = asyncio.create_task(service.ingest.run())
    yield service
    service.ingest.stop()
    await ingesting
    service.writes.stop()
    await writing


@pytest.fixture
async def database(empty_database: str) -> str:
    connection = await psycopg.AsyncConnection.connect(empty_database, autocommit=True)
    async with connection:
        await connection.execute(KIT_V1)
        await connection.execute(DDL)
    return empty_database


async def test_a_log_directory_wiped_under_a_running_service_is_read_from_its_start(
    real_kafka: RealKafka, database: str
) -> None:
    async with serving(real_kafka, database) as service:
        await service.produce(*(f"before {number}" for number in range(50)))
        await service.has_seen(*(f"before {number}" for number in range(50)))
        await asyncio.to_thread(real_kafka.wipe)
        await asyncio.to_thread(real_kafka.start)
        after = [f"after {number}" for number in range(120)]
        await service.produce(*after)
        await service.has_seen(*after)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await service.lost.wait()


async def test_topics_made_anew_while_the_service_is_down_are_read_from_their_start(
    real_kafka: RealKafka, database: str
) -> None:
    async with serving(real_kafka, database) as service:
        await service.produce("before 1", "before 2", "before 3")
        await service.has_seen("before 1", "before 2", "before 3")
        assert service.losses == 0
    await asyncio.to_thread(recreate_topics, real_kafka.bootstrap_servers)
    async with serving(real_kafka, database) as service:
        after = [f"after {number}" for number in range(200)]
        await service.produce(*after)
        await service.has_seen(*after)
        assert service.losses == 1


async def test_a_service_that_restarts_on_an_untouched_log_finds_no_loss(real_kafka: RealKafka, database: str) -> None:
    async with serving(real_kafka, database) as service:
        await service.produce("1", "2")
        await service.has_seen("1", "2")
    async with serving(real_kafka, database) as service:
        await service.produce("3")
        await service.has_seen("1", "2", "3")
        assert service.losses == 0
