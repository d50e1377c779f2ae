"""The servers that other tests stand on do what those tests rely on."""

import psycopg
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_dev.processes import deadline
from sluicegate_schemas.topics import JOB_REQUESTED, TOPICS
from tests.support.databases import Databases
from tests.support.kafka import RealKafka


def test_a_role_opens_its_own_database_alone(postgres: EmbeddedPostgres, databases: Databases) -> None:
    mine = postgres.create_database("mine")
    other = postgres.create_database("other")
    other_by_me = mine.rsplit("/", 1)[0] + "/other"
    assert mine != other
    psycopg.connect(mine).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(other_by_me)


def test_committed_rows_survive_a_crash_of_the_server(postgres: EmbeddedPostgres, empty_database: str) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)")
    postgres.crash()
    postgres.start()
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]


def test_the_embedded_broker_has_every_topic_with_its_partitions(embedded_broker: MockCluster) -> None:
    assert _partitions(embedded_broker.bootstrap_servers) == {t.name: t.partitions for t in TOPICS}


def test_a_record_passes_through_the_embedded_broker(embedded_broker: MockCluster) -> None:
    assert _round_trip(embedded_broker.bootstrap_servers) == b"hello"


def test_real_kafka_has_every_topic_with_its_partitions(real_kafka: RealKafka) -> None:
    found = _partitions(real_kafka.bootstrap_servers)
    assert {t.name: found.get(t.name) for t in TOPICS} == {t.name: t.partitions for t in TOPICS}


def test_a_record_acknowledged_by_real_kafka_survives_its_kill(real_kafka: RealKafka) -> None:
    _produce(real_kafka.bootstrap_servers)
    real_kafka.kill()
    real_kafka.start()
    assert _consume(real_kafka.bootstrap_servers) == b"hello"


def _partitions(bootstrap_servers: str) -> dict[str, int]:
    topics = AdminClient({"bootstrap.servers": bootstrap_servers}).list_topics(timeout=10).topics
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _round_trip(bootstrap_servers: str) -> bytes | None:
    _produce(bootstrap_servers)
    return _consume(bootstrap_servers)


def _produce(bootstrap_servers: str) -> None:
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    producer.produce(JOB_REQUESTED.name, b"hello", b"key")
    assert producer.flush(10) == 0


def _consume(bootstrap_servers: str) -> bytes | None:
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "test", "auto.offset.reset": "earliest"})
    consumer.subscribe([JOB_REQUESTED.name])
    until = deadline(20)
    try:
        while (record := consumer.poll(0.5)) is None:
            assert deadline(0) < until, "no record arrived"
        return record.value()
    finally:
        consumer.close()
