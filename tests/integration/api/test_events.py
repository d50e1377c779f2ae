"""A job's lifecycle as Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sluicegate_schemas.job_lifecycle import Status
from tests.integration.api.replica import DEADLINE_SECONDS, Replica
from tests.unit.api.samples import JOB, snapshot

pytestmark = pytest.mark.anyio
EVENTS = f"/api/agent-jobs/{JOB}/events"


class Stream:
    """Reads events one by one."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> tuple[str, dict[str, Any]]:
        """The id and data of the next event."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for line in self._lines:
                if not line and "data" in fields:
                    break
                name, _, value = line.partition(": ")
                fields[name] = value
        assert fields["event"] == "job-lifecycle"
        return fields["id"], json.loads(fields["data"])


@asynccontextmanager
async def stream(api: Replica, last: str | None = None) -> AsyncIterator[Stream]:
    headers = {} if last is None else {"last-event-id": last}
    async with api.http.stream("GET", EVENTS, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


async def test_events_come_as_they_happen_and_a_late_one_comes_once(api: Replica) -> None:
    api.publish(snapshot(1, Status.QUEUED))
    await api.until(f"/api/agent-jobs/{JOB}", lambda job: True)
    async with stream(api) as events:
        _, first = await events.next()
        api.publish(snapshot(3, Status.SUCCEEDED))
        _, second = await events.next()
        api.publish(snapshot(2, Status.RUNNING))
        _, third = await events.next()
    assert [each["seq"] for each in (first, second, third)] == [1, 3, 2]


async def test_a_reader_that_comes_back_goes_on_after_its_last_event(api: Replica) -> None:
    api.publish(*(snapshot(seq) for seq in (1, 2, 3)))
    await api.until(f"/api/agent-jobs/{JOB}", lambda job: job["updatedAt"] >= "2026-01-31T12:00:03")
    async with stream(api) as events:
        last, _ = await events.next()
    async with stream(api, last) as events:
        assert [(await events.next())[1]["seq"] for _ in range(2)] == [2, 3]


async def test_an_id_of_another_kind_is_refused(api: Replica) -> None:
    api.publish(snapshot(1))
    await api.until(f"/api/agent-jobs/{JOB}", lambda job: True)
    assert (await api.http.get(EVENTS, headers={"last-event-id": "-1"})).status_code == 400
