"""Records of somebody else's program that nobody can handle."""

from collections.abc import Mapping, Sequence

from confluent_kafka import Producer

from tests.browser.console import Console
from tests.support.waiting import eventually

REQUESTS = "sluicegate.job-requested.v1"
DECISIONS = "sluicegate.checkpoint-decided.v1"

Headers = Sequence[tuple[str, str | bytes | None]]
ODD: Headers = (("x-from", b"\xfe<b>"),)
COMPRESSING: Mapping[str, str | int] = {"compression.type": "zstd", "message.max.bytes": 20_000_000}
"""Settings of a producer that sends more than 3 MiB, which pass the broker if they become small enough."""


def send(
    console: Console,
    topic: str,
    records: Mapping[str, bytes],
    headers: Headers = ODD,
    client: Mapping[str, str | int] | None = None,
) -> dict[str, str]:
    """Sends values by key; the ids of the dead letters that they become, by key, once the api keeps them.

    `client`: more settings of the producer.
    """
    producer = Producer({"bootstrap.servers": console.stack.bootstrap_servers, **(client or {})})
    for key, value in records.items():
        producer.produce(topic, key=key, value=value, headers=list(headers))
    assert producer.flush(10) == 0

    def kept() -> dict[str, str] | None:
        with console.http() as http:
            found = http.get("/api/admin/dead-letters", params={"topic": topic, "limit": 200}).json()["items"]
        ids = {each["keyText"]: each["id"] for each in found if "keyText" in each}
        return ids if records.keys() <= ids.keys() else None

    return eventually(kept, f"dead letters of {', '.join(records)}")
