"""Binds the suite of the Kafka ports to real Apache Kafka, under both group protocols."""

from typing import Literal

import pytest

from sluicegate_kit.kafka.confluent import ConfluentConsumer, ConfluentProducer
from sluicegate_kit.kafka.options import KafkaOptions
from sluicegate_kit.kafka.ports import Consumer, Producer
from tests.ports.kafka.c_producer import produce
from tests.support.kafka import RealKafka


class OnKafka:
    """The adapter, on the real thing."""

    def __init__(self, broker: RealKafka, protocol: Literal["classic", "consumer"]) -> None:
        self.broker = broker
        self.options = KafkaOptions(
            broker.bootstrap_servers,
            "test",
            group_protocol=protocol,
            delivery_timeout_ms=10_000,
            answer_timeout_ms=2_000,
        )

    def producer(self) -> Producer:
        return ConfluentProducer(self.options)

    def consumer(self, group: str, *topics: str) -> Consumer:
        return ConfluentConsumer(self.options, group, topics, poll_seconds=0.1, commit_seconds=0)

    def append_unreadable(self, topic: str) -> None:
        produce(self.broker.bootstrap_servers, topic, b"key", b"{}", header=b"\xff")

    def go_away(self) -> None:
        self.broker.kill()


@pytest.fixture(params=["classic", "consumer"])
def kafka(request: pytest.FixtureRequest, real_kafka: RealKafka) -> OnKafka:
    """Each test of the suite runs under both."""
    return OnKafka(real_kafka, request.param)
