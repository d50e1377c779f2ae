"""The async client and its generated sync twin."""

import inspect

import pytest
from sdk.scripts.generate_sync_client import SOURCE, TARGET, drift

from sluicegate.client import AsyncClient, Client
from tests.support.http_api import CHECKPOINT_ID, HERE, api, job, ok, shown_checkpoint


def test_the_sync_client_is_what_the_async_one_says() -> None:
    assert drift() == [], "run sdk/scripts/generate_sync_client.py"


def test_the_drift_check_sees_every_file() -> None:
    assert {path.name for path in SOURCE.glob("*.py")} == {path.name for path in TARGET.glob("*.py")}


def test_nothing_in_the_sync_client_is_async() -> None:
    with Client(HERE, wire=api(ok({})).wire) as client:
        for part in (client, client.jobs, client.checkpoints, client.worker, client.dead_letters):
            for name, method in inspect.getmembers(part, inspect.ismethod):
                assert not inspect.iscoroutinefunction(method), name
                assert not inspect.isasyncgenfunction(method), name


@pytest.mark.anyio
async def test_the_async_client_does_the_same() -> None:
    scripted = api(
        ok(job(), 202),
        ok({"items": [job(jobId="a")], "nextCursor": "c"}),
        ok({"items": [job(jobId="b")], "nextCursor": None}),
        ok(job("waiting")),
        ok(shown_checkpoint(), etag='"e"'),
    )
    async with AsyncClient(HERE, wire=scripted.wire) as client:
        assert (await client.jobs.submit("simple-task", "Test task")).job_id == "job-1"
        assert [item.job_id async for item in client.jobs.iterate()] == ["a", "b"]
        assert (await client.jobs.wait("job-1")).status == "waiting"
        assert (await client.checkpoints.get(CHECKPOINT_ID)).etag == '"e"'
    assert [call.method for call in scripted.calls] == ["POST", "GET", "GET", "GET", "GET"]
