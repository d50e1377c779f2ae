"""An upstream system: a foreign Kafka client (aiokafka) that knows the contract and none of our code."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Literal

from aiokafka import AIOKafkaProducer

Mode = Literal["bare", "binary", "structured"]
MODES: tuple[Mode, ...] = ("bare", "binary", "structured")
TOPIC = "sluicegate.job-requested.v1"
TYPE = "sluicegate.job-requested.v1"


def record(mode: Mode, data: dict[str, Any], source: str = "billing") -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers of a job request in one of the three modes."""
    if mode == "bare":
        return json.dumps(data).encode(), []
    if mode == "binary":
        return json.dumps(data).encode(), [
            ("ce_specversion", b"1.0"),
            ("ce_id", f"event-{data['jobId']}".encode()),
            ("ce_type", TYPE.encode()),
            ("ce_source", source.encode()),
            ("content-type", b"application/json"),
        ]
    event = {
        "specversion": "1.0",
        "id": f"event-{data['jobId']}",
        "type": TYPE,
        "source": source,
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(event).encode(), [("content-type", b"application/cloudevents+json; charset=utf-8")]


def produce(
    bootstrap_servers: str, records: Sequence[tuple[str, bytes, list[tuple[str, bytes]]]], **client: Any
) -> None:
    """Send (key, value, headers) and wait until the broker has all of them. `client`: more of the client's settings."""
    asyncio.run(_produce(records, bootstrap_servers=bootstrap_servers, **client))


async def _produce(records: Sequence[tuple[str, bytes, list[tuple[str, bytes]]]], **client: Any) -> None:
    async with AIOKafkaProducer(acks="all", **client) as producer:
        sent = [
            await producer.send(TOPIC, value=value, key=key.encode(), headers=headers)
            for key, value, headers in records
        ]
        await asyncio.gather(*sent)
