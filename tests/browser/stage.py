"""What the pictures of the docs show: people who ask for work, and a morning that it took them."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from confluent_kafka import Producer

from sluicegate_dev.services import CHECKPOINT_SVC
from tests.browser.console import INBOX, Console
from tests.browser.records import REQUESTS
from tests.support.plain_http import NO_CERTIFICATES


def person(console: Console, name: str) -> httpx.Client:
    """Somebody who has signed in, without a browser."""
    cookies = {each["name"]: each["value"] for each in console.cookies(name)}
    ours = {"origin": console.origin}
    return httpx.Client(
        base_url=console.origin, headers=ours, cookies=cookies, timeout=40, trust_env=False, verify=NO_CERTIFICATES
    )


def submit(console: Console, who: str, job_type: str, input_data: Mapping[str, Any], **more: Any) -> str:
    """A job that this person asks for; its id."""
    body = {"jobType": job_type, "inputData": input_data, "taskDescription": f"For {who}", **more}
    with person(console, who) as http:
        answer = http.post("/api/agent-jobs", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["jobId"])


def submit_from_upstream(
    console: Console, source: str, who: str, job_id: str, job_type: str, data: Mapping[str, Any]
) -> str:
    """A job that another system asks for over Kafka; its id."""
    request = {
        "jobId": job_id,
        "jobType": job_type,
        "taskDescription": f"From {source}",
        "inputData": data,
        "requestedBy": who,
    }
    headers: list[tuple[str, str | bytes | None]] = [
        ("ce_specversion", "1.0"),
        ("ce_id", job_id),
        ("ce_type", REQUESTS),
        ("ce_source", source),
        ("content-type", "application/json"),
    ]
    producer = Producer({"bootstrap.servers": console.stack.bootstrap_servers, "partitioner": "murmur2_random"})
    producer.produce(REQUESTS, key=job_id, value=json.dumps(request), headers=headers)
    assert producer.flush(10) == 0
    return job_id


def earlier(console: Console, path: str, by: timedelta, *, expires_in: timedelta | None = None) -> None:
    """As if it had been asked so long ago: nobody waits for a picture as long as people wait for each other."""
    moved = (
        "UPDATE checkpoints SET recorded_at = recorded_at - %s, decided_at = decided_at - %s,"
        " expires_at = clock_timestamp() + %s WHERE checkpoint_id = %s RETURNING 1"
    )
    assert console.stack.rows(CHECKPOINT_SVC, moved, by, by, expires_in, path.removeprefix(f"{INBOX}/"))
