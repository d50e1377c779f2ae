"""The figures of the last hour, counted anew from the services' own tables; and what insights says of them."""

from collections import Counter
from datetime import datetime
from typing import Any, TypeAlias

from confluent_kafka import Consumer, Producer, TopicPartition

from sluicegate_dev.services import CHECKPOINT_SVC, WORKER
from sluicegate_insights.records import TOPICS
from tests.support.replica import Replica
from tests.support.stack import Stack

Figures: TypeAlias = dict[str, Any]
"""By job type."""

ENDED = """
    SELECT runs.job_type, ended.status, count(*) AS n
    FROM (SELECT job_id, status, finished_at FROM runs UNION ALL SELECT job_id, status, finished_at FROM past_runs)
        AS ended
    JOIN runs USING (job_id)
    WHERE ended.finished_at > clock_timestamp() - interval '55 minutes' GROUP BY 1, 2
"""
DECIDED = """
    SELECT job_type, state, count(*) AS n FROM checkpoints
    WHERE kind = 'approval' AND decided_at > clock_timestamp() - interval '55 minutes' GROUP BY 1, 2
"""
WAITS = """
    SELECT job_type, count(*) AS answers,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY decided_at - recorded_at) AS p50,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY decided_at - recorded_at) AS p95
    FROM checkpoints WHERE kind = 'approval' AND state IN ('approved', 'rejected') GROUP BY 1
"""
PENDING = """
    SELECT job_type, count(*) AS n, min(asked_at) AS oldest
    FROM checkpoints JOIN exhibits USING (checkpoint_id) WHERE state = 'pending' GROUP BY 1
"""


def recount(stack: Stack) -> Figures:
    """From the databases of worker and checkpoint-svc."""
    found: Figures = {}

    def of(row: dict[str, Any]) -> dict[str, Any]:
        figures: dict[str, Any] = found.setdefault(row["job_type"], _nothing())
        return figures

    for row in stack.rows(WORKER, ENDED):
        of(row)["ended"][row["status"]] += row["n"]
    for row in stack.rows(CHECKPOINT_SVC, DECIDED):
        of(row)["decided"][row["state"]] += row["n"]
    for row in stack.rows(CHECKPOINT_SVC, WAITS):
        seconds = [round(row[name].total_seconds(), 3) for name in ("p50", "p95")]
        of(row)["wait"] = (row["answers"], *seconds)
    for row in stack.rows(CHECKPOINT_SVC, PENDING):
        of(row)["pending"] = (row["n"], row["oldest"])
    return found


def told(stack: Stack, insights: Replica) -> Figures:
    """By one replica of insights, which has read all there is."""
    with stack.client(insights) as client:
        answer = client.get("/api/admin/insights", params={"window": "hour"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["complete"]
    return {each["jobType"]: _figures(each) for each in body["jobTypes"]}


def send_everything_again(bootstrap_servers: str) -> int:
    """Every record that insights reads, once more, those of a partition in the reverse order. How many there were."""
    producer = Producer({"bootstrap.servers": bootstrap_servers, "partitioner": "murmur2_random"})
    messages = _records(bootstrap_servers)
    for message in reversed(messages):
        producer.produce(message.topic(), message.value(), message.key(), headers=message.headers())
    assert producer.flush(20) == 0
    return len(messages)


def _records(bootstrap_servers: str) -> list[Any]:
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "repeating"})
    try:
        places = [TopicPartition(topic.name, number, 0) for topic in TOPICS for number in range(topic.partitions)]
        number = sum(consumer.get_watermark_offsets(place, timeout=30)[1] for place in places)
        consumer.assign(places)
        found: list[Any] = []
        while len(found) < number:
            found += consumer.consume(number - len(found), 1)
        assert not [message.error() for message in found if message.error() is not None]
        return found
    finally:
        consumer.close()


def _nothing() -> dict[str, Any]:
    return {"ended": Counter(), "decided": Counter(), "wait": (0, None, None), "pending": (0, None)}


def _figures(of: dict[str, Any]) -> dict[str, Any]:
    wait, oldest = of["wait"], of["oldestPendingAt"]
    seconds = [None if wait[name] is None else round(wait[name], 3) for name in ("p50Seconds", "p95Seconds")]
    return {
        "ended": Counter(of["ended"]),
        "decided": Counter(of["decided"]),
        "wait": (wait["answers"], *seconds),
        "pending": (of["pending"], None if oldest is None else datetime.fromisoformat(oldest)),
    }
