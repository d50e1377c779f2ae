"""A record larger than any that a service may send: compressed it passes the broker, and its dead letter must too."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import confluent_kafka

from sluicegate_dev.services import WORKER
from sluicegate_schemas.limits import RECORD_BYTES
from tests.e2e.poison import request
from tests.e2e.town import Town
from tests.e2e.upstream import TOPIC
from tests.support.waiting import eventually

INPUT_BYTES = 5_000_000
INFLATED_BYTES = 150_000_000
SHELVED = "SELECT count(*) AS n FROM outbox WHERE claimed_until = 'infinity'"


def test_each_is_a_dead_letter_with_its_reason_and_the_next_record_is_a_job(make_town: Callable[..., Town]) -> None:
    """G9."""
    town = make_town(worker=1, checkpoint_svc=1)
    stack = town.stack
    large = json.dumps(request("large", "x" * INPUT_BYTES)).encode()
    noise = Random(7).randbytes(RECORD_BYTES - 200)
    producer = confluent_kafka.Producer(
        {
            "bootstrap.servers": stack.bootstrap_servers,
            "compression.type": "zstd",
            "message.max.bytes": 200_000_000,
            "linger.ms": 0,
        }
    )
    records: list[dict[str, Any]] = [
        {"value": large, "key": b"large"},
        {"value": b"{}", "key": b"k" * INPUT_BYTES},
        {"value": b"{}", "key": b"headers", "headers": [("ce_source", b"billing"), ("x", b"x" * INPUT_BYTES)]},
        # As large as a batch can be without compression: a letter that carried it whole would be larger.
        {"value": noise, "key": b"noise"},
        # 5 kB on their way, and more than librdkafka takes by default.
        {"value": b"x" * INFLATED_BYTES, "key": b"inflated"},
        {"value": json.dumps(request("next")).encode(), "key": b"next"},
    ]
    for record in records:
        producer.produce(TOPIC, partition=0, **record)
        assert producer.flush(60) == 0
    town.expected["next"] = "succeeded"
    town.wait_for_ends()

    with stack.client(stack.api, "admin") as client:

        def kept() -> list[dict[str, Any]] | None:
            found: list[dict[str, Any]] = client.get("/api/admin/dead-letters").json()["items"]
            return sorted(found, key=lambda each: each["offset"]) if len(found) == len(records) - 1 else None

        letters = eventually(kept, "each bad record is a dead letter", within_seconds=90)
        assert [letter["code"] for letter in letters] == [
            "input-too-large",
            "invalid-data",
            "invalid-data",
            "not-json",
            "not-json",
        ]
        assert "inputData takes 5,000,012 bytes" in letters[0]["reason"]
        assert [letter.get("valueBytes") for letter in letters] == [len(large), 2, 2, len(noise), INFLATED_BYTES]
        shown = client.get(letters[0]["links"]["self"]).json()
        assert large.decode().startswith(shown["valueText"])
        assert len(shown["valueText"]) > 0.85 * RECORD_BYTES
        headers = client.get(letters[2]["links"]["self"]).json()["headers"]
        assert [header["name"] for header in headers] == ["ce_source"]
        refused = [client.post(letter["links"]["redrive"]) for letter in letters]
        assert [answer.status_code for answer in refused] == [409] * len(letters)
        assert {answer.json()["type"].rsplit("/")[-1] for answer in refused} == {"record-not-whole"}
    assert stack.rows(WORKER, SHELVED) == [{"n": 0}]
    town.check()
