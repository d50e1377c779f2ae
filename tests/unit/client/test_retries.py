"""When a call is tried again."""

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate.client import Client, Retries, Unavailable, Unreachable
from sluicegate.client._sync.transport import Transport
from sluicegate.client.call import Call
from sluicegate.client.problems import retry_after_seconds
from tests.support.http_api import HERE, ScriptedApi, api, job, ok, problem

DOWN = problem(503, "unavailable", retry_after="2")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def transport(scripted: ScriptedApi, pauses: list[float], retries: Retries | None = None) -> Transport:
    return Transport(HERE, retries=retries or Retries(), wire=scripted.wire, sleep=pauses.append, jitter=lambda: 0.5)


GET = Call("GET", "/api/agent-jobs", repeatable=True)


def test_a_call_answered_503_is_tried_again_after_the_time_that_the_service_asked_for() -> None:
    pauses: list[float] = []
    scripted = api(DOWN, DOWN, ok({}))
    assert transport(scripted, pauses).send(GET).status_code == 200
    assert pauses == [2.0, 2.0]


def test_without_retry_after_the_pauses_double_below_a_bound() -> None:
    pauses: list[float] = []
    scripted = api(problem(503, "unavailable"))
    with pytest.raises(Unavailable):
        transport(scripted, pauses, Retries(tries=5, first_seconds=1, longest_seconds=3)).send(GET)
    assert pauses == [0.5, 1.0, 1.5, 1.5]


def test_a_service_that_asks_for_more_patience_than_allowed_gets_its_answer_raised() -> None:
    scripted = api(problem(503, "unavailable", retry_after="3600"))
    with pytest.raises(Unavailable) as refusal:
        transport(scripted, []).send(GET)
    assert refusal.value.retry_after_seconds == 3600
    assert len(scripted.calls) == 1


def test_a_lost_connection_is_tried_again_when_that_is_safe() -> None:
    scripted = api(httpx.ConnectError("refused"), ok({}))
    assert transport(scripted, []).send(GET).status_code == 200


@pytest.mark.parametrize("failure", [httpx.ReadError("cut"), DOWN])
def test_a_call_that_is_not_safe_to_repeat_is_sent_once(failure: httpx.Response | Exception) -> None:
    scripted = api(failure)
    with pytest.raises((Unavailable, Unreachable)):
        transport(scripted, []).send(Call("POST", "/api/admin/dead-letters/1/redrive", repeatable=False))
    assert len(scripted.calls) == 1


def test_a_refusal_is_not_tried_again() -> None:
    scripted = api(problem(422, "invalid-body"))
    with pytest.raises(Exception, match="What to do"):
        transport(scripted, []).send(GET)
    assert len(scripted.calls) == 1


def test_every_try_of_one_submit_carries_the_same_idempotency_key() -> None:
    scripted = api(problem(503, "unavailable", retry_after="0"), ok(job(), 202))
    with Client(HERE, wire=scripted.wire) as client:
        client.jobs.submit("simple-task", "Test task")
        client.jobs.submit("simple-task", "Test task")
    first, second, third = (call.headers["idempotency-key"] for call in scripted.calls)
    assert first == second != third
    assert scripted.calls[0].content == scripted.calls[1].content


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("7", 7),
        ("soon", None),
        ("Sun, 22 Nov 2026 12:00:09 GMT", 9),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(text, NOW) == seconds


@given(tried=st.integers(1, 50), jitter=st.floats(0, 0.999), longest=st.floats(0, 100))
def test_no_pause_is_ever_longer_than_the_longest(tried: int, jitter: float, longest: float) -> None:
    pause = Retries(tries=60, longest_seconds=longest).pause_seconds(tried, Unreachable("down"), jitter)
    assert pause is not None
    assert 0 <= pause <= longest
