"""The contract of `Producer`, on the twin and on librdkafka."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from sluicegate_kit.kafka.dead_letter import dead_letter
from sluicegate_kit.kafka.murmur2 import partition_of
from sluicegate_kit.kafka.ports import NotDelivered, Record, RecordTooLarge
from sluicegate_kit.kafka.sizes import BATCH_OVERHEAD_BYTES, record_bytes
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import FLEET_CONTROL, JOB_REQUESTED
from tests.ports.kafka.conftest import Kafka, running
from tests.ports.kafka.deliveries import deliver, receive

pytestmark = pytest.mark.anyio


def a_message(number: int = 0, *, topic: str = FLEET_CONTROL.name, key: str | None = "fleet") -> Message:
    return Message(topic, key, f"value {number}".encode())


async def test_a_burst_arrives_in_its_order_and_each_delivery_is_told(kafka: Kafka) -> None:
    async with running(kafka.producer()) as producer:
        fates = await deliver(producer, [a_message(number) for number in range(200)])
    assert fates == [None] * 200
    consumer = kafka.consumer("readers", FLEET_CONTROL.name)
    records = await receive(consumer, 200)
    await consumer.close()
    assert [record.value for record in records] == [f"value {number}".encode() for number in range(200)]


async def test_key_value_and_headers_arrive_byte_for_byte(kafka: Kafka) -> None:
    value = bytes(range(256))
    headers = (("ce_id", b"1"), ("binary", bytes(range(255, -1, -1))), ("empty", b""), ("ce_id", b"twice"))
    async with running(kafka.producer()) as producer:
        assert await deliver(producer, [Message(FLEET_CONTROL.name, "schlüssel", value, headers)]) == [None]
    consumer = kafka.consumer("readers", FLEET_CONTROL.name)
    (record,) = await receive(consumer, 1)
    await consumer.close()
    assert (record.key, record.value, record.headers) == ("schlüssel".encode(), value, headers)
    assert record.timestamp_ms > 1_500_000_000_000


async def test_an_empty_value_and_no_key_are_allowed(kafka: Kafka) -> None:
    async with running(kafka.producer()) as producer:
        await deliver(producer, [Message(FLEET_CONTROL.name, None, b"")])
    consumer = kafka.consumer("readers", FLEET_CONTROL.name)
    (record,) = await receive(consumer, 1)
    await consumer.close()
    assert record.key is None
    assert not record.value


async def test_a_record_over_the_size_is_named_and_the_rest_of_its_burst_arrives(kafka: Kafka) -> None:
    too_large = Message(FLEET_CONTROL.name, "fleet", b"x" * (RECORD_BYTES + 1))
    async with running(kafka.producer()) as producer:
        before, large, after = await deliver(producer, [a_message(1), too_large, a_message(2)])
    assert before is None
    assert isinstance(large, RecordTooLarge)
    assert after is None


async def test_key_and_headers_count_in_the_size(kafka: Kafka) -> None:
    """On librdkafka this proves `record_bytes`, by which dead letters are cut."""
    bare = Message(FLEET_CONTROL.name, "fleet", b"", (("a", b"x" * 9_000), ("é", b"")))
    room = RECORD_BYTES - record_bytes(bare)
    fits, over = (replace(bare, value=b"x" * size, id=new_id()) for size in (room, room + 1))
    async with running(kafka.producer()) as producer:
        within, beyond = await deliver(producer, [fits, over])
    assert within is None
    assert isinstance(beyond, RecordTooLarge)


@pytest.mark.parametrize("size", [RECORD_BYTES - 1, RECORD_BYTES, 5_000_000, None])
async def test_the_dead_letter_of_a_record_of_any_size_is_taken(kafka: Kafka, size: int | None) -> None:
    """None: the largest that is kept whole. Bytes without a pattern: no compression makes them smaller."""
    if size is None:
        size = RECORD_BYTES - BATCH_OVERHEAD_BYTES - record_bytes(letter(b""))
    message = letter(Random(7).randbytes(size))
    async with running(kafka.producer()) as producer:
        assert await deliver(producer, [message]) == [None]


def letter(value: bytes) -> Message:
    record = Record(JOB_REQUESTED.name, 3, 7, b"job-1", value, (("ce_id", b"7"),), 0)
    return dead_letter(record, "not-json", "it isn't", new_id(), datetime(2026, 1, 31, tzinfo=UTC))


async def test_a_key_goes_where_the_java_client_would_put_it(kafka: Kafka) -> None:
    keys = [f"job-{number}" for number in range(50)]
    async with running(kafka.producer()) as producer:
        await deliver(producer, [a_message(topic=JOB_REQUESTED.name, key=key) for key in keys])
    consumer = kafka.consumer("readers", JOB_REQUESTED.name)
    records = await receive(consumer, len(keys))
    await consumer.close()
    found = {record.key: record.partition for record in records}
    assert found == {key.encode(): partition_of(key.encode(), JOB_REQUESTED.partitions) for key in keys}


async def test_records_without_a_key_are_spread(kafka: Kafka) -> None:
    async with running(kafka.producer()) as producer:
        await deliver(producer, [a_message(number, topic=JOB_REQUESTED.name, key=None) for number in range(100)])
    consumer = kafka.consumer("readers", JOB_REQUESTED.name)
    records = await receive(consumer, 100)
    await consumer.close()
    assert len({record.partition for record in records}) > 1


async def test_a_stopped_producer_has_waited_for_what_was_on_its_way(kafka: Kafka) -> None:
    told: list[object] = []
    async with running(kafka.producer()) as producer:
        producer.send([a_message(number) for number in range(20)], lambda message, error: told.append(error))
    consumer = kafka.consumer("readers", FLEET_CONTROL.name)
    assert len(await receive(consumer, 20)) == 20
    await consumer.close()
    assert told == [None] * 20


async def test_what_no_broker_acknowledges_is_told_as_not_delivered(kafka: Kafka) -> None:
    async with running(kafka.producer()) as producer:
        await deliver(producer, [a_message()])
        kafka.go_away()
        (error,) = await deliver(producer, [a_message()])
    assert isinstance(error, NotDelivered)
