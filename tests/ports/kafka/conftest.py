"""Binds the suite to the twin in memory and to librdkafka on its embedded broker."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Protocol

import pytest

from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer, Producer
from sluicegate_schemas.envelope import Message
from tests.ports.kafka.c_producer import produce

POLL_SECONDS = 0.1


class Kafka(Protocol):
    """A broker under test, and clients of it."""

    def producer(self) -> Producer:
        """A producer that does not run yet."""

    def consumer(self, group: str, *topics: str) -> Consumer:
        """A member of the group."""

    def append_unreadable(self, topic: str) -> None:
        """A client in another language writes a record with a header whose name is not UTF-8."""

    def go_away(self) -> None:
        """Nobody can reach the broker any more."""


class InMemory:
    """The twin."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()

    def producer(self) -> Producer:
        return MemoryProducer(self.broker)

    def consumer(self, group: str, *topics: str) -> Consumer:
        return MemoryConsumer(self.broker, group, topics, poll_seconds=POLL_SECONDS)

    def append_unreadable(self, topic: str) -> None:
        self.broker.append(Message(topic, "key", b"{}", (("\udcff", b"1"),)))

    def go_away(self) -> None:
        self.broker.available = False


class OnLibrdkafka:
    """The adapter."""

    def __init__(self, cluster: MockCluster) -> None:
        self.cluster = cluster
        self.options = KafkaOptions(
            cluster.bootstrap_servers,
            "test",
            group_protocol="consumer",  # a classic group takes 3 s to form on this broker
            fetch_wait_max_ms=5,
            delivery_timeout_ms=3_000,
            answer_timeout_ms=1_000,
        )

    def producer(self) -> Producer:
        return ConfluentProducer(self.options)

    def consumer(self, group: str, *topics: str) -> Consumer:
        return ConfluentConsumer(self.options, group, topics, poll_seconds=POLL_SECONDS, commit_seconds=0)

    def append_unreadable(self, topic: str) -> None:
        produce(self.cluster.bootstrap_servers, topic, b"key", b"{}", header=b"\xff")

    def go_away(self) -> None:
        self.cluster.set_up(False)


@pytest.fixture(params=["memory", "librdkafka"])
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """Each test of the suite runs on both."""
    if request.param == "memory":
        yield InMemory()
    else:
        yield OnLibrdkafka(request.getfixturevalue("embedded_broker"))


@asynccontextmanager
async def running(producer: Producer) -> AsyncIterator[Producer]:
    """The producer serves its deliveries; at the end it has waited for what was on its way."""
    task = asyncio.create_task(producer.run())
    try:
        yield producer
    finally:
        producer.stop()
        await task
