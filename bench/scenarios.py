"""What is measured, one function each."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from uuid import uuid4

from confluent_kafka import Producer
from hdrh.histogram import HdrHistogram

from bench.http_load import Connection, request, send_all
from bench.system import API, CHECKPOINT_SVC, WORKER, System, busy_seconds

TEXT = "x" * 200
SUCCEEDED = "SELECT count(*) FROM runs WHERE status = 'succeeded'"


@dataclass(slots=True)
class Figures:
    """What one scenario gave."""

    scenario: str
    jobs: int
    figures: dict[str, float] = field(default_factory=dict)
    cpu_us_per_job: dict[str, float] = field(default_factory=dict)
    operations_per_commit: dict[str, float] = field(default_factory=dict)
    cpu_elsewhere: float = 0
    """Cores that were busy with anything else: only a quiet machine gives figures that can be compared."""


class _Meter:
    """Wall time, CPU and group commits of a stretch of work."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._commits = system.group_commits()
        self._busy = busy_seconds()
        self._cpu = system.cpu_seconds()
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._start

    def figures(self, scenario: str, jobs: int, figures: dict[str, float]) -> Figures:
        """Everything so far."""
        seconds = self.seconds
        used = {name: now - self._cpu[name] for name, now in self._system.cpu_seconds().items()}
        elsewhere = (busy_seconds() - self._busy - sum(used.values())) / seconds
        commits = {
            name: (operations - self._commits[name][0]) / max(1, count - self._commits[name][1])
            for name, (operations, count) in self._system.group_commits().items()
        }
        return Figures(
            scenario,
            jobs,
            figures,
            {name: round(value * 1e6 / jobs) for name, value in {**used, "all": sum(used.values())}.items()},
            {name: round(value, 1) for name, value in commits.items()},
            round(elsewhere, 2),
        )


async def ungated_from_kafka(system: System, jobs: int) -> Figures:
    """Job requests that an upstream system produces, until the last run has succeeded in the worker's table."""
    producer = Producer(
        {"bootstrap.servers": system.kafka.bootstrap_servers, "linger.ms": 5, "compression.type": "lz4"}
    )
    batch = uuid4().hex[:8]
    before = system.query(WORKER, SUCCEEDED)[0][0]
    meter = _Meter(system)
    for number in range(jobs):
        data = {
            "jobId": f"{batch}-{number}",
            "jobType": "bench-ungated",
            "taskDescription": "bench",
            "inputData": {"text": TEXT},
        }
        producer.produce("sluicegate.job-requested.v1", json.dumps(data), key=f"{batch}-{number}")
        if number % 1000 == 0:
            producer.poll(0)
    await asyncio.to_thread(producer.flush, 60)
    await system.until(WORKER, SUCCEEDED, before + jobs)
    figures = meter.figures("ungated from Kafka", jobs, {"jobs/s": round(jobs / meter.seconds)})
    await _settled(system)
    return figures


async def gated_by_http(system: System, jobs: int, connections: int) -> Figures:
    """Submit all by HTTP until the last one is parked, then approve all by HTTP until the last one has succeeded."""
    batch = uuid4().hex[:8]
    submits = [_submit(system, batch) for _ in range(jobs)]
    meter = _Meter(system)
    await send_all(system.ports["api"], submits, connections)
    await system.until(CHECKPOINT_SVC, "SELECT count(*) FROM checkpoints WHERE state = 'pending'", jobs)
    parked = meter.seconds
    ids = system.query(CHECKPOINT_SVC, "SELECT checkpoint_id FROM checkpoints WHERE state = 'pending'")
    approvals = [_approve(system, str(checkpoint_id)) for (checkpoint_id,) in ids]
    before = system.query(WORKER, SUCCEEDED)[0][0]
    resumed_from = meter.seconds
    await send_all(system.ports["checkpoint-svc"], approvals, connections)
    await system.until(WORKER, SUCCEEDED, before + jobs)
    done = meter.seconds
    figures = meter.figures(
        "gated by HTTP",
        jobs,
        {
            "park/s": round(jobs / parked),
            "resume/s": round(jobs / (done - resumed_from)),
            "gated/s": round(jobs / (parked + done - resumed_from)),
        },
    )
    await _settled(system)
    return figures


async def decision_to_resume(system: System, seconds: int, per_second: int) -> Figures:
    """From the approving request until the handler runs again, at a steady rate."""
    jobs = seconds * per_second
    batch = uuid4().hex[:8]
    answers = await send_all(system.ports["api"], [_submit(system, batch) for _ in range(jobs)], 16)
    job_ids = [answer.json()["jobId"] for answer in answers]
    await system.until(CHECKPOINT_SVC, "SELECT count(*) FROM checkpoints WHERE state = 'pending'", jobs)
    await _settled(system)
    checkpoints = dict(
        system.query(CHECKPOINT_SVC, "SELECT job_id, checkpoint_id FROM checkpoints WHERE state = 'pending'")
    )
    connection = await Connection.open(system.ports["checkpoint-svc"])
    sent: dict[str, int] = {}
    answered = HdrHistogram(1, 60_000_000, 3)
    start = time.monotonic()
    for place, job_id in enumerate(job_ids):
        await asyncio.sleep(max(0.0, start + place / per_second - time.monotonic()))
        answer = await connection.send(_approve(system, str(checkpoints[job_id])))
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
        sent[job_id] = answer.sent_ns
        answered.record_value((answer.received_ns - answer.sent_ns) // 1000)
    connection.close()
    await system.until(CHECKPOINT_SVC, "SELECT count(*) FROM checkpoints WHERE state = 'pending'", 0)
    await _settled(system)
    histogram = HdrHistogram(1, 60_000_000, 3)
    results = system.query(WORKER, "SELECT job_id, result FROM runs WHERE job_type = 'bench-gated'")
    for job_id, result in results:
        if job_id in sent:
            histogram.record_value((json.loads(result)["resumedNs"] - sent[job_id]) // 1000)
    if histogram.get_total_count() != jobs:
        raise RuntimeError(f"{histogram.get_total_count()} of {jobs} jobs resumed")
    quantiles = {f"p{q}": round(histogram.get_value_at_percentile(q) / 1000, 2) for q in (50, 95, 99)}
    quantiles["answer p50"] = round(answered.get_value_at_percentile(50) / 1000, 2)
    return Figures(
        f"decision→resume at {per_second}/s, ms", jobs, {**quantiles, "max": histogram.get_max_value() / 1000}
    )


async def _settled(system: System) -> None:
    """Until every event has its answer."""
    for service in (API, CHECKPOINT_SVC, WORKER):
        await system.until(service, "SELECT count(*) FROM outbox", 0, within_seconds=120)


def _submit(system: System, batch: str) -> bytes:
    body = {
        "jobType": "bench-gated",
        "taskDescription": "bench",
        "inputData": {"text": TEXT},
        "priority": 5,
        "tags": [batch],
    }
    return request("POST", "/api/agent-jobs", system.keys.api_keys["submitter"], json.dumps(body).encode())


def _approve(system: System, checkpoint_id: str) -> bytes:
    return request("POST", f"/api/admin/agent-checkpoints/{checkpoint_id}", system.keys.api_keys["approver"])
