"""What the api does by itself when events, or the log, are lost; and two replicas on one database."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_schemas.job_lifecycle import Status
from tests.integration.api.replica import DEADLINE_SECONDS, Replica, found, running, simple_task
from tests.unit.api.samples import snapshot

pytestmark = pytest.mark.anyio
JOBS = "/api/agent-jobs"


async def reaches(api: Replica, event: str, count: int) -> None:
    """Wait until that many records were published."""
    async with asyncio.timeout(20):
        while len(api.sent(event)) < count:  # noqa: ASYNC110 - the broker has no event for it
            await asyncio.sleep(0.01)


async def test_a_request_that_nobody_answers_is_sent_again_byte_for_byte(api_database: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"answer_first_seconds": 0.2, "sweep_interval_seconds": 0.05}
    async with running(api_database, tmp_path, MemoryBroker(), **settings) as api:
        job = await api.submitted()
        await reaches(api, "job-requested", 2)
        api.publish(snapshot(1, job_id=job["jobId"]))
        await api.until(f"{JOBS}/{job['jobId']}", lambda job: job["status"] == "running")
        records = api.broker.records("sluicegate.job-requested.v1")
        assert len({(record.value, record.headers) for record in records}) == 1


async def test_a_silent_job_is_asked_about(api_database: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"report_first_seconds": 0.2, "report_interval_seconds": 0.05}
    async with running(api_database, tmp_path, MemoryBroker(), **settings) as api:
        job = await api.submitted()
        await reaches(api, "job-control", 1)
        control = api.sent("job-control")[0]
        assert (control["action"], control["jobId"]) == ("report", job["jobId"])


async def test_a_new_database_asks_about_every_job_once(api_database: str, tmp_path: Path) -> None:
    broker = MemoryBroker()
    for _ in range(2):
        async with running(api_database, tmp_path, broker, new=True) as api:
            await reaches(api, "job-control", 1)
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not has_read(api_database):  # noqa: ASYNC110 - the database has no event for it
                    await asyncio.sleep(0.01)
    assert [(event["action"], event["jobId"]) for event in api.sent("job-control")] == [("report", "*")]


def has_read(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT FROM consumer_positions").rowcount > 0


async def test_after_a_lost_log_waits_are_sent_again_and_one_report_is_asked_of_all_jobs(
    api_database: str, tmp_path: Path
) -> None:
    broker = MemoryBroker()
    async with running(api_database, tmp_path, broker) as api:
        job = await api.submitted()
        api.publish(snapshot(1))
        await api.until(f"{JOBS}/job-1", lambda job: job["status"] == "running")
    broker.lose_log()
    async with running(api_database, tmp_path, broker, sweep_interval_seconds=0.05) as api:
        await reaches(api, "job-control", 1)
        await reaches(api, "job-requested", 1)
        control = api.sent("job-control")[0]
        assert (control["action"], control["jobId"]) == ("report", "*")
        assert api.sent("job-requested")[0]["jobId"] == job["jobId"]
        api.publish(snapshot(9, Status.SUCCEEDED))
        await api.until(f"{JOBS}/job-1", lambda job: job["status"] == "succeeded")


async def test_a_key_makes_one_job_on_two_replicas(api_database: str, tmp_path: Path) -> None:
    broker = MemoryBroker()
    async with running(api_database, tmp_path, broker) as one, running(api_database, tmp_path, broker) as other:
        for number in range(10):
            headers = {"idempotency-key": f"k-{number}"}
            posts = (api.http.post(JOBS, json=simple_task(), headers=headers) for api in (one, other) * 4)
            answers = await asyncio.gather(*posts)
            assert {answer.status_code for answer in answers} == {202}
            assert len({found(answer)["jobId"] for answer in answers}) == 1
        assert len(one.sent("job-requested")) == 10


async def test_a_long_poll_sees_what_another_replica_has_projected(api_database: str, tmp_path: Path) -> None:
    broker = MemoryBroker()
    async with running(api_database, tmp_path, broker) as one, running(api_database, tmp_path, broker) as other:
        job_ids = [(await one.submitted())["jobId"] for _ in range(6)]
        waits = [
            asyncio.create_task(api.http.get(f"{JOBS}/{job_id}", params={"wait": 9}))
            for job_id in job_ids
            for api in (one, other)
        ]
        one.publish(*(snapshot(1, Status.SUCCEEDED, job_id=job_id) for job_id in job_ids))
        assert {found(answer)["status"] for answer in await asyncio.gather(*waits)} == {"succeeded"}


async def test_draining_ends_long_polls_and_streams(api_database: str, tmp_path: Path) -> None:
    async with running(api_database, tmp_path, MemoryBroker()) as api:
        job = await api.submitted()
        waiting = asyncio.create_task(api.http.get(f"{JOBS}/{job['jobId']}", params={"wait": 60}))
        await api.until(f"{JOBS}/{job['jobId']}", lambda job: True)
        api.service.app.stopping.set()
        async with asyncio.timeout(20):
            assert found(await waiting)["status"] == "queued"
