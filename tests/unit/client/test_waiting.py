"""Waiting for a job, on a clock of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from sluicegate.client import Retries, Until, WaitTimedOut
from sluicegate.client._sync.jobs import Jobs
from sluicegate.client._sync.transport import Transport
from sluicegate_schemas.job_lifecycle import Status
from tests.support.http_api import CHECKPOINT_ID, HERE, Answer, ScriptedApi, api, job, ok


class Clock:
    """Goes on only when somebody pauses, or a request is held."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def held(self, answer: httpx.Response) -> Answer:
        def hold(request: httpx.Request) -> httpx.Response:
            self.now += float(request.url.params["wait"])
            return answer

        return hold


@contextmanager
def jobs(scripted: ScriptedApi, clock: Clock) -> Iterator[Jobs]:
    transport = Transport(HERE, retries=Retries(tries=1), wire=scripted.wire, sleep=clock.pause)
    yield Jobs(transport, clock)
    transport.close()


def test_a_wait_ends_when_the_job_waits_for_a_person() -> None:
    clock = Clock()
    scripted = api(clock.held(ok(job("running"))), ok(job("waiting")))
    with jobs(scripted, clock) as client:
        assert client.wait("job-1").status is Status.WAITING
    assert [call.url.params["wait"] for call in scripted.calls] == ["30", "30"]


def test_a_wait_for_the_end_looks_again_while_a_person_thinks() -> None:
    clock = Clock()
    scripted = api(ok(job("waiting")), ok(job("waiting")), ok(job("succeeded")))
    with jobs(scripted, clock) as client:
        assert client.wait("job-1", until=Until.ENDED).status is Status.SUCCEEDED
    assert clock.now == 2.0


def test_a_wait_gives_up_in_time_and_says_where_the_job_stood() -> None:
    clock = Clock()
    scripted = api(clock.held(ok(job("running"))))
    with jobs(scripted, clock) as client, pytest.raises(WaitTimedOut) as late:
        client.wait("job-1", timeout_seconds=40.5)
    assert (late.value.job_id, late.value.status) == ("job-1", "running")
    assert 40 <= clock.now <= 41.5
    assert [call.url.params["wait"] for call in scripted.calls] == ["30", "10", "0", "0"][: len(scripted.calls)]


def test_a_wait_of_no_time_looks_once() -> None:
    clock = Clock()
    scripted = api(ok(job("running")))
    with jobs(scripted, clock) as client, pytest.raises(WaitTimedOut):
        client.wait("job-1", timeout_seconds=0)
    assert len(scripted.calls) == 1


def test_a_service_that_does_not_hold_requests_is_not_asked_without_pause() -> None:
    clock = Clock()
    scripted = api(ok(job("running")), ok(job("running")), ok(job("failed")))
    with jobs(scripted, clock) as client:
        client.wait("job-1")
    assert clock.now == 2.0


def test_a_job_with_a_pending_retry_has_not_ended_for_good() -> None:
    clock = Clock()
    control = {
        "controlId": CHECKPOINT_ID,
        "action": "retry",
        "run": 1,
        "requestedBy": "sam",
        "at": "2026-11-22T12:00:00Z",
    }
    scripted = api(ok(job("failed", pendingControl=control)), ok(job("succeeded", run=2)))
    with jobs(scripted, clock) as client:
        assert client.wait("job-1", until=Until.ENDED).run == 2


def test_a_watch_tells_each_change_once() -> None:
    clock = Clock()
    answers = [job("queued"), job("running"), job("running"), job("running", progress=0.5), job("succeeded")]
    with jobs(api(*map(ok, answers)), clock) as client:
        seen = [(found.status, found.progress) for found in client.watch("job-1")]
    assert seen == [("queued", None), ("running", None), ("running", 0.5), ("succeeded", None)]


def test_a_job_that_was_only_written_again_is_no_change() -> None:
    answers = [job("waiting"), job("waiting", updatedAt="2026-11-22T13:00:00Z"), job("succeeded")]
    with jobs(api(*map(ok, answers)), Clock()) as client:
        assert [found.status for found in client.watch("job-1")] == ["waiting", "succeeded"]
