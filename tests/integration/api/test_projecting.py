"""What the api shows of events that others send."""

import asyncio
import time

import pytest

from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, JobError, JobLifecycle, Status
from tests.integration.api.replica import Replica, found
from tests.unit.api.samples import JOB, created, decided, numbered, request, snapshot

pytestmark = pytest.mark.anyio
URL = f"/api/agent-jobs/{JOB}"


def with_request(event: JobLifecycle) -> JobLifecycle:
    return event.model_copy(update={"request": request(requestedBy="upstream:crm/ben", tags=["crm"])})


async def test_an_upstream_job_is_shown_from_its_first_lifecycle_on(api: Replica) -> None:
    api.publish(with_request(snapshot(1, Status.QUEUED)))
    job = await api.until(URL, lambda job: True)
    assert (job["requestedBy"], job["taskDescription"], job["status"]) == ("upstream:crm/ben", "Test task", "queued")


async def test_a_job_whose_request_comes_late_is_shown_without_it_until_then(api: Replica) -> None:
    api.publish(snapshot(2))
    job = await api.until(URL, lambda job: job["status"] == "running")
    assert "taskDescription" not in job
    api.publish(with_request(snapshot(1, Status.QUEUED)))
    job = await api.until(URL, lambda job: "taskDescription" in job)
    assert job["status"] == "running"


async def test_the_state_is_the_latest_snapshot(api: Replica) -> None:
    error = JobError(type="Boom", message="no", retryable=True)
    end = snapshot(5, Status.FAILED).model_copy(update={"error": error, "attempt": 3, "progress": {"n": 2**80}})
    api.publish(with_request(end), snapshot(4, Status.RUNNING))
    job = await api.until(URL, lambda job: job["status"] == "failed")
    assert (job["attempt"], job["error"]["type"], job["progress"]) == (3, "Boom", {"n": 2**80})


async def test_a_waiting_job_names_its_checkpoint(api: Replica) -> None:
    waiting = with_request(snapshot(2, Status.WAITING)).model_copy(update={"waiting_for": [numbered("review")]})
    api.publish(created("review"), waiting)
    job = await api.until(URL, lambda job: "title" in job.get("waitingFor", {}))
    assert job["waitingFor"] == {
        "checkpointId": str(numbered("review")),
        "title": "Please review",
        "url": f"/api/admin/agent-checkpoints/{numbered('review')}",
    }


async def test_the_checkpoints_of_a_job_are_listed_without_payloads(api: Replica) -> None:
    moot = Answer(decision_id=numbered("yes"), outcome=AnswerOutcome.MOOT, reason="job cancelled")
    expired = Answer(decision_id=numbered("late"), outcome=AnswerOutcome.APPLIED)
    api.publish(
        decided("review"),
        with_request(snapshot(9, Status.CANCELLED, answers=[moot, expired])),
        created("review"),
        created("note", Kind.INFO),
        decided("unseen", Outcome.EXPIRED, "late"),
    )
    page = await api.until(f"{URL}/checkpoints", lambda page: len(page["items"]) == 3 and "key" in page["items"][1])
    by_id = {item["checkpointId"]: item for item in page["items"]}
    review = by_id[str(numbered("review"))]
    assert (review["state"], review["summary"]) == ("approved", "approved, not applied: job cancelled")
    assert (review["decision"]["by"], review["decision"]["applied"]["outcome"]) == (["ben"], "moot")
    assert by_id[str(numbered("note"))]["state"] == "recorded"
    assert by_id[str(numbered("unseen"))]["state"] == "expired"
    assert "payload" not in review


async def test_a_long_poll_ends_at_the_moment_of_the_change(api: Replica) -> None:
    api.publish(with_request(snapshot(1, Status.RUNNING)))
    await api.until(URL, lambda job: job["status"] == "running")
    waiting = asyncio.create_task(api.http.get(URL, params={"wait": 9}))
    await api.until(URL, lambda job: True)
    began = time.monotonic()
    api.publish(snapshot(2, Status.SUCCEEDED))
    assert found(await waiting)["status"] == "succeeded"
    assert time.monotonic() - began < 5


async def test_a_long_poll_answers_at_once_for_a_job_at_rest_and_in_time_for_another(api: Replica) -> None:
    api.publish(with_request(snapshot(1, Status.WAITING)), snapshot(1, Status.RUNNING, job_id="job-2"))
    await api.until("/api/agent-jobs/job-2", lambda job: job["status"] == "running")
    assert found(await api.http.get(URL, params={"wait": 60}))["status"] == "waiting"
    assert found(await api.http.get("/api/agent-jobs/job-2", params={"wait": 0.05}))["status"] == "running"
    assert (await api.http.get(URL, params={"wait": 61})).status_code == 422


async def test_an_unknown_job_is_not_found(api: Replica) -> None:
    for path in ("/api/agent-jobs/nope", "/api/agent-jobs/nope/checkpoints", "/api/agent-jobs/nope/events"):
        assert (await api.http.get(path)).status_code == 404


async def test_a_poisoned_lifecycle_becomes_a_dead_letter_and_the_next_record_goes_on(api: Replica) -> None:
    poison = with_request(snapshot(1)).to_json().replace(b'"running"', b'"dancing"')
    api.publish(with_request(snapshot(1, job_id="job-2")))
    (good,) = api.broker.records("sluicegate.job-lifecycle.v1")
    api.broker.append(Message(good.topic, JOB, poison, good.headers))
    api.publish(with_request(snapshot(2)))
    await api.until(URL, lambda job: job["status"] == "running")
    page = await api.until("/api/admin/dead-letters", lambda page: page["items"])
    assert (page["items"][0]["code"], page["items"][0]["keyText"]) == ("invalid-data", JOB)
