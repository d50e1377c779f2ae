"""PATCH: cancel and retry."""

import pytest

from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, Status
from tests.integration.api.replica import Replica, found
from tests.support.callers import bearer
from tests.unit.api.samples import snapshot

pytestmark = pytest.mark.anyio


async def running_job(api: Replica, status: Status = Status.RUNNING) -> str:
    job_id: str = (await api.submitted())["jobId"]
    api.publish(snapshot(1, status, job_id=job_id))
    url = f"/api/agent-jobs/{job_id}"
    await api.until(url, lambda job: job["status"] == status)
    return url


async def test_a_cancel_is_shown_as_pending_until_the_worker_answers(api: Replica) -> None:
    url = await running_job(api)
    answer = await api.http.patch(url, json={"action": "cancel", "reason": "wrong repo"}, headers=bearer("operator"))
    job = found(answer)
    assert (answer.status_code, job["status"]) == (202, "running")
    pending = job["pendingControl"]
    assert (pending["action"], pending["reason"], pending["requestedBy"]) == ("cancel", "wrong repo", "operator")
    (event,) = api.sent("job-control")
    assert (event["controlId"], event["controlSeq"], event["run"]) == (pending["controlId"], 1, 1)
    assert found(await api.http.get(url))["pendingControl"] == pending

    applied = Answer.model_validate({"controlId": pending["controlId"], "outcome": AnswerOutcome.APPLIED})
    api.publish(snapshot(2, Status.CANCELLED, job_id=job["jobId"], answers=[applied]))
    job = await api.until(url, lambda job: job["status"] == "cancelled")
    assert "pendingControl" not in job


async def test_cancelling_twice_asks_once(api: Replica) -> None:
    url = await running_job(api)
    first, second = [found(await api.http.patch(url, json={"action": "cancel"})) for _ in range(2)]
    assert first["pendingControl"] == second["pendingControl"]
    assert len(api.sent("job-control")) == 1


async def test_what_the_state_forbids_is_a_conflict(api: Replica) -> None:
    going_on, ended = await running_job(api), await running_job(api, Status.FAILED)
    retry = await api.http.patch(going_on, json={"action": "retry"})
    cancel = await api.http.patch(ended, json={"action": "cancel"})
    assert [found(answer)["type"].rsplit("/")[-1] for answer in (retry, cancel)] == [
        "job-has-not-ended",
        "job-has-ended",
    ]
    assert (retry.status_code, cancel.status_code) == (409, 409)
    assert (await api.http.patch(ended, json={"action": "retry"})).status_code == 202


async def test_bad_changes_are_refused(api: Replica) -> None:
    url = await running_job(api)
    assert (await api.http.patch(url, json={"action": "report"})).status_code == 422
    assert (await api.http.patch(url, json={"action": "cancel", "status": "cancelled"})).status_code == 422
    assert (await api.http.patch("/api/agent-jobs/nope", json={"action": "cancel"})).status_code == 404
    assert (await api.http.patch(url, json={"action": "cancel"}, headers=bearer("viewer"))).status_code == 403
