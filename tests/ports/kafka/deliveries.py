"""Sends and receives with a deadline, for the suite."""

import asyncio
from collections.abc import Sequence

from sluicegate_kit.kafka.ports import Consumer, KafkaError, Producer, Record
from sluicegate_schemas.envelope import Message

DEADLINE_SECONDS = 15


async def deliver(producer: Producer, messages: Sequence[Message]) -> list[KafkaError | None]:
    """Send one burst and wait until each message's fate is known, in the order of the messages."""
    fates: dict[object, KafkaError | None] = {}
    all_known = asyncio.Event()

    def on_delivered(message: Message, error: KafkaError | None) -> None:
        fates[message.id] = error
        if len(fates) == len(messages):
            all_known.set()

    producer.send(messages, on_delivered)
    async with asyncio.timeout(DEADLINE_SECONDS):
        await all_known.wait()
    return [fates[message.id] for message in messages]


async def receive(consumer: Consumer, number: int) -> list[Record]:
    """Poll until this many records are there."""
    records: list[Record] = []
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(records) < number:
            records += await consumer.poll()
    return records


async def join(consumer: Consumer) -> None:
    """Poll until the member owns partitions. Loses records that come in the meantime."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not consumer.assigned:
            await consumer.poll()
