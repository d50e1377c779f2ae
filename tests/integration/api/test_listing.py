"""GET /api/agent-jobs: filters and pages."""

from typing import Any

import pytest

from sluicegate_schemas.job_lifecycle import Status
from tests.integration.api.replica import Replica, found, simple_task
from tests.support.callers import bearer
from tests.unit.api.samples import snapshot

pytestmark = pytest.mark.anyio
JOBS = "/api/agent-jobs"


async def listed(api: Replica, **params: Any) -> list[str]:
    answer = await api.http.get(JOBS, params=params)
    assert answer.status_code == 200, answer.text
    return [job["jobId"] for job in found(answer)["items"]]


async def test_jobs_are_listed_newest_first_in_pages_that_do_not_overlap(api: Replica) -> None:
    made = [(await api.submitted())["jobId"] for _ in range(7)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 3}
    while True:
        answer = await api.http.get(JOBS, params=params)
        page = found(answer)
        seen += [job["jobId"] for job in page["items"]]
        assert ("link" in answer.headers) == (page["nextCursor"] is not None)
        if page["nextCursor"] is None:
            break
        params["cursor"] = page["nextCursor"]
        await api.submitted()
    assert seen == list(reversed(made))


async def test_a_list_leaves_out_what_may_be_large(api: Replica) -> None:
    await api.submitted()
    (job,) = found(await api.http.get(JOBS))["items"]
    assert "inputData" not in job
    assert job["taskDescription"] == "Test task"


async def test_every_filter_finds_what_it_says(api: Replica) -> None:
    first = await api.submitted(tags=["nightly", 'quote"'], taskDescription="Generate user AUTH code")
    second = await api.submitted(jobType="data-processing")
    third = found(await api.http.post(JOBS, json=simple_task(), headers=bearer("submitter")))
    api.publish(snapshot(1, Status.RUNNING, job_id=third["jobId"]))
    await api.until(f"{JOBS}/{third['jobId']}", lambda job: job["status"] == "running")
    one, two, three = first["jobId"], second["jobId"], third["jobId"]
    assert await listed(api, status="running") == [three]
    assert await listed(api, status=["running", "queued"]) == [three, two, one]
    assert await listed(api, jobType="data-processing") == [two]
    assert await listed(api, requestedBy="submitter") == [three]
    assert await listed(api, tag="nightly") == [one]
    assert await listed(api, tag='quote"') == [one]
    assert await listed(api, tag="night") == []
    assert await listed(api, q="user auth") == [one]
    assert await listed(api, q="%") == []
    assert await listed(api, q=two[:-2]) == [two]
    assert await listed(api, createdAfter=first["createdAt"], createdBefore=third["createdAt"]) == [two]
    assert await listed(api, status="failed") == []


async def test_what_is_wrong_with_a_query_is_said(api: Replica) -> None:
    for params in (
        {"limit": 0},
        {"limit": 201},
        {"status": "dancing"},
        {"createdAfter": "yesterday"},
        {"color": "red"},
    ):
        assert (await api.http.get(JOBS, params=params)).status_code == 422
    for _ in range(2):
        await api.submitted()
    cursor = found(await api.http.get(JOBS, params={"limit": 1}))["nextCursor"]
    for params in ({"cursor": "AAAA"}, {"cursor": cursor + "A"}, {"cursor": cursor, "status": "queued"}):
        answer = await api.http.get(JOBS, params=params)
        assert (answer.status_code, found(answer)["type"].rsplit("/")[-1]) == (400, "bad-cursor")
