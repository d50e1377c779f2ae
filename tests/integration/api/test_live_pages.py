"""What changes between the making of a page and the beginning of its stream is told all the same."""

import asyncio
import re
from html import unescape

import httpx
import pytest

from sluicegate_schemas.job_lifecycle import Status
from tests.integration.api.replica import DEADLINE_SECONDS, Replica
from tests.unit.api.samples import JOB, snapshot

pytestmark = pytest.mark.anyio
JOBS = "/admin/agent-jobs"


def stream_of(page: httpx.Response) -> str:
    """The address of the stream that a page listens to."""
    found = re.search(r'data-live="([^"]+)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


async def told(api: Replica, address: str, event: str) -> str:
    """The data of the first event of this name."""
    async with asyncio.timeout(DEADLINE_SECONDS), api.http.stream("GET", address) as answer:
        assert answer.status_code == 200
        named = False
        async for line in answer.aiter_lines():
            if named and line.startswith("data: "):
                return line.removeprefix("data: ")
            named = named or line == f"event: {event}"
    raise AssertionError(f"no {event} was told")


@pytest.mark.parametrize(("path", "event"), [(JOBS, "changed"), (f"{JOBS}/{JOB}", "job")])
async def test_a_job_that_went_on_meanwhile(api: Replica, path: str, event: str) -> None:
    api.publish(snapshot(1, Status.RUNNING))
    await api.until(f"/api/agent-jobs/{JOB}", lambda job: job["status"] == "running")
    page = await api.http.get(path, headers={"accept": "text/html"})
    api.publish(snapshot(2, Status.SUCCEEDED))
    await api.until(f"/api/agent-jobs/{JOB}", lambda job: job["status"] == "succeeded")
    assert await told(api, stream_of(page), event)


async def test_a_fleet_that_somebody_stopped_meanwhile(api: Replica) -> None:
    page = await api.http.get("/admin/agent-worker", headers={"accept": "text/html"})
    assert (await api.http.delete("/api/admin/agent-worker")).status_code == 202
    assert await told(api, stream_of(page), "fleet")
