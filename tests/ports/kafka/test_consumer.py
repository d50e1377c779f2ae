"""The contract of `Consumer`, on the twin and on librdkafka."""

import asyncio

import pytest

from sluicegate_kit.kafka.ports import MAX_POLL_RECORDS, BrokerUnavailable, Consumer, Partition
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.topics import FLEET_CONTROL, JOB_REQUESTED
from tests.ports.kafka.conftest import Kafka, running
from tests.ports.kafka.deliveries import DEADLINE_SECONDS, deliver, join, receive

pytestmark = pytest.mark.anyio

TOPIC = FLEET_CONTROL.name
THE_ONE = Partition(TOPIC, 0)


async def produce(kafka: Kafka, number: int, *, topic: str = TOPIC) -> None:
    async with running(kafka.producer()) as producer:
        fates = await deliver(producer, [Message(topic, str(each), str(each).encode()) for each in range(number)])
        assert fates == [None] * number


async def offsets(consumer: Consumer, number: int) -> list[int]:
    return [record.offset for record in await receive(consumer, number)]


async def test_a_new_group_reads_what_was_there_before_it(kafka: Kafka) -> None:
    await produce(kafka, 3)
    consumer = kafka.consumer("readers", TOPIC)
    assert await offsets(consumer, 3) == [0, 1, 2]
    await consumer.close()


async def test_a_poll_without_records_returns_empty(kafka: Kafka) -> None:
    consumer = kafka.consumer("readers", TOPIC)
    assert list(await consumer.poll()) == []
    await consumer.close()


async def test_a_poll_takes_a_batch_of_at_most_500(kafka: Kafka) -> None:
    await produce(kafka, MAX_POLL_RECORDS + 100)
    consumer = kafka.consumer("readers", TOPIC)
    sizes: list[int] = []
    async with asyncio.timeout(DEADLINE_SECONDS):
        while sum(sizes) < MAX_POLL_RECORDS + 100:
            sizes.append(len(await consumer.poll()))
    await consumer.close()
    assert max(sizes) <= MAX_POLL_RECORDS
    assert max(sizes) > 50, "a poll drains what is there"


async def test_the_next_member_goes_on_after_what_was_committed(kafka: Kafka) -> None:
    await produce(kafka, 5)
    first = kafka.consumer("readers", TOPIC)
    await receive(first, 5)
    first.commit({THE_ONE: 3})
    await first.close()
    second = kafka.consumer("readers", TOPIC)
    assert await offsets(second, 2) == [3, 4]
    await second.close()


async def test_what_was_not_committed_comes_again(kafka: Kafka) -> None:
    await produce(kafka, 2)
    first = kafka.consumer("readers", TOPIC)
    await receive(first, 2)
    await first.close()
    second = kafka.consumer("readers", TOPIC)
    assert await offsets(second, 2) == [0, 1]
    await second.close()


async def test_groups_read_independently(kafka: Kafka) -> None:
    await produce(kafka, 2)
    for group in ("one", "other"):
        consumer = kafka.consumer(group, TOPIC)
        assert await offsets(consumer, 2) == [0, 1]
        consumer.commit({THE_ONE: 2})
        await consumer.close()


async def test_seek_makes_records_come_again(kafka: Kafka) -> None:
    await produce(kafka, 5)
    consumer = kafka.consumer("readers", TOPIC)
    await receive(consumer, 5)
    await consumer.seek({THE_ONE: 2})
    assert await offsets(consumer, 3) == [2, 3, 4]
    await consumer.close()


async def test_seek_leaves_a_partition_alone_that_is_not_assigned(kafka: Kafka) -> None:
    await produce(kafka, 1)
    consumer = kafka.consumer("readers", TOPIC)
    await join(consumer)
    await consumer.seek({Partition(JOB_REQUESTED.name, 3): 0})
    assert {partition.topic for partition in consumer.assigned} == {TOPIC}
    await consumer.close()


async def test_members_share_the_partitions_and_a_leaver_is_replaced(kafka: Kafka) -> None:
    first, second = kafka.consumer("readers", JOB_REQUESTED.name), kafka.consumer("readers", JOB_REQUESTED.name)
    every = {Partition(JOB_REQUESTED.name, number) for number in range(JOB_REQUESTED.partitions)}
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (first.assigned and second.assigned and first.assigned | second.assigned == every):
            await asyncio.gather(first.poll(), second.poll())
        assert not first.assigned & second.assigned
        await first.close()
        while second.assigned != every:
            await second.poll()
    await second.close()


async def test_the_log_tells_its_start_its_end_and_its_id(kafka: Kafka) -> None:
    await produce(kafka, 4)
    consumer = kafka.consumer("readers", TOPIC)
    await join(consumer)
    before = (await consumer.logs([THE_ONE]))[THE_ONE]
    await produce(kafka, 1)
    after = (await consumer.logs([THE_ONE]))[THE_ONE]
    await consumer.close()
    assert (before.start, before.end, after.end) == (0, 4, 5)
    assert before.log_id is not None
    assert before.log_id == after.log_id


async def test_a_log_that_the_broker_knows_nothing_of_is_left_out(kafka: Kafka) -> None:
    await produce(kafka, 1)
    consumer = kafka.consumer("readers", TOPIC)
    await receive(consumer, 1)
    states = await consumer.logs([THE_ONE, Partition(TOPIC, 99)])
    await consumer.close()
    assert set(states) == {THE_ONE}


async def test_a_member_whose_offset_is_gone_begins_at_the_start(kafka: Kafka) -> None:
    await produce(kafka, 3)
    first = kafka.consumer("readers", TOPIC)
    await receive(first, 3)
    first.commit({THE_ONE: 100})
    await first.close()
    second = kafka.consumer("readers", TOPIC)
    assert await offsets(second, 3) == [0, 1, 2]
    await second.close()


async def test_a_broker_that_is_away_makes_polls_empty_and_questions_fail(kafka: Kafka) -> None:
    await produce(kafka, 1)
    consumer = kafka.consumer("readers", TOPIC)
    await receive(consumer, 1)
    kafka.go_away()
    assert list(await consumer.poll()) == []
    with pytest.raises(BrokerUnavailable):
        await consumer.logs([THE_ONE])
    await consumer.close()


async def test_a_header_that_cannot_be_read_spoils_its_record_and_no_other(kafka: Kafka) -> None:
    """G9."""
    await produce(kafka, 100)  # by then CPython takes shorter ways, on which such a record killed the process
    kafka.append_unreadable(TOPIC)
    await produce(kafka, 1)
    consumer = kafka.consumer("readers", TOPIC)
    *_, bad, good = await receive(consumer, 102)
    await consumer.close()
    assert (bad.offset, bad.key, bad.value, bad.headers) == (100, b"key", b"{}", ())
    assert bad.flaw == "the name of a header is not UTF-8"
    assert (good.value, good.flaw) == (b"0", None)
