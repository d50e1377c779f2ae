"""The page and the JSON route show what is known, and say what they can't."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from sluicegate_kit.clock import ManualClock
from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status
from tests.integration.insights.replica import running
from tests.support.callers import bearer
from tests.support.documented import holds_to_its_document
from tests.unit.insights.events import NOON, created, decided, lifecycle

pytestmark = pytest.mark.anyio

API = "/api/admin/insights"
PAGE = "/admin/insights"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def broker() -> MemoryBroker:
    broker = MemoryBroker()
    for number in range(3):
        broker.append(lifecycle(f"job-{number}", Status.SUCCEEDED, NOON - MINUTE))
    broker.append(lifecycle("job-3", Status.FAILED, NOON - 2 * MINUTE, job_type="b-type"))
    broker.append(created("asked", NOON - 9 * MINUTE))
    broker.append(decided("asked", Outcome.APPROVED, NOON - MINUTE, waited_seconds=480))
    broker.append(created("waits", NOON - 3 * timedelta(hours=1)))
    return broker


@pytest.fixture
async def http(broker: MemoryBroker, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A viewer, who asks when everything has been read."""
    async with running(tmp_path, broker, ManualClock(NOON)) as replica:
        base = f"http://127.0.0.1:{replica.port}"
        async with httpx.AsyncClient(base_url=base, headers=bearer("viewer"), trust_env=False) as http:
            await holds_to_its_document(http, "insights")
            await until(http, lambda body: body["complete"])
            yield http


async def until(http: httpx.AsyncClient, wanted: Callable[[dict[str, Any]], bool]) -> None:
    with anyio.fail_after(10):
        while True:
            if wanted((await http.get(API)).json()):
                return
            await anyio.sleep(0.02)


def words(html: str) -> str:
    """What stands there to be read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


async def test_figures_as_json(http: httpx.AsyncClient) -> None:
    body = (await http.get(API, params={"window": "hour"})).json()
    assert body["start"] == "2026-11-22T11:01:00.000000Z"
    assert body["asOf"] == "2026-11-22T12:00:00.000000Z"
    assert body["total"] == {
        "ended": {"succeeded": 3, "failed": 1},
        "decided": {"approved": 1},
        "wait": {"answers": 1, "p50Seconds": 480.0, "p95Seconds": 480.0},
        "pending": 1,
        "oldestPendingAt": "2026-11-22T09:00:00.000000Z",
    }
    assert [each["jobType"] for each in body["jobTypes"]] == ["a-type", "b-type"]
    assert [each["start"] for each in body["slices"] if each["ended"]] == [
        "2026-11-22T11:58:00.000000Z",
        "2026-11-22T11:59:00.000000Z",
    ]


async def test_figures_of_one_job_type(http: httpx.AsyncClient) -> None:
    body = (await http.get(API, params={"window": "week", "jobType": "b-type"})).json()
    assert body["jobType"] == "b-type"
    assert body["total"]["ended"] == {"failed": 1}
    assert len(body["slices"]) == 56


@pytest.mark.parametrize("query", [{"window": "year"}, {"jobType": "No Such"}, {"other": "x"}])
async def test_what_it_does_not_take_is_refused_by_name(http: httpx.AsyncClient, query: dict[str, str]) -> None:
    for path in (API, PAGE):
        answer = await http.get(path, params=query)
        assert answer.status_code == 422
        assert next(iter(query)) in answer.text


async def test_the_page_has_the_numbers_and_draws_them(http: httpx.AsyncClient) -> None:
    page = await http.get(PAGE, params={"window": "hour"})
    assert page.status_code == 200
    text = words(page.text)
    for said in ("Ended 4", "Succeeded 3 75 %", "Failed 1 25 %", "Half within 8 min", "Pending 1 oldest 3 h ago"):
        assert said in text
    charts = re.findall(r'<svg class="chart".*?</svg>', page.text, re.DOTALL)
    assert [len(re.findall("<rect", chart)) for chart in charts] == [2, 2]
    assert "still being read" not in text
    assert "does not answer" not in text
    assert "style=" not in page.text


async def test_the_page_is_refreshed_in_part(http: httpx.AsyncClient) -> None:
    part = await http.get(PAGE, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert 'id="throughput"' in part.text


async def test_fields_that_nobody_filled_in_ask_for_everything(http: httpx.AsyncClient) -> None:
    assert "Ended 4" in words((await http.get(PAGE, params={"jobType": "", "window": "hour"})).text)


async def test_a_silent_kafka_is_said(broker: MemoryBroker, http: httpx.AsyncClient) -> None:
    broker.available = False
    await until(http, lambda body: body["behind"] is None)
    assert "Kafka does not answer" in (await http.get(PAGE)).text


async def test_a_log_that_is_still_being_read_is_said(broker: MemoryBroker, tmp_path: Path) -> None:
    broker.available = False
    async with running(tmp_path, broker, ManualClock(NOON)) as replica:
        base = f"http://127.0.0.1:{replica.port}"
        async with httpx.AsyncClient(base_url=base, headers=bearer("viewer"), trust_env=False) as http:
            assert not (await http.get(API)).json()["complete"]
            assert "still being read" in (await http.get(PAGE)).text
            broker.available = True
            await until(http, lambda body: body["complete"])
            assert "still being read" not in (await http.get(PAGE)).text
