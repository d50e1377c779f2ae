"""What each method sends, and what it makes of the answer."""

import json
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from sluicegate.client import Client, Edit
from sluicegate_schemas.errors import MalformedJson, UnencodablePayload
from sluicegate_schemas.job_lifecycle import Status
from tests.support.http_api import (
    CHECKPOINT_ID,
    ETAG,
    HERE,
    ScriptedApi,
    api,
    checkpoint,
    decision,
    job,
    ok,
    shown_checkpoint,
)


def client_of(scripted: ScriptedApi) -> Client:
    return Client(HERE, wire=scripted.wire)


def test_a_submit_sends_what_was_given_and_leaves_the_rest_to_the_service() -> None:
    scripted = api(ok(job(), 202))
    with client_of(scripted) as client:
        at = datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=1)))
        made = client.jobs.submit("simple-task", "Test task", {"n": 2**70}, priority=8, run_at=at)
    (call,) = scripted.calls
    assert (call.method, call.url.path) == ("POST", "/api/agent-jobs")
    assert call.headers["authorization"] == "Bearer sg_k1_secret"
    assert json.loads(call.content) == {
        "jobType": "simple-task",
        "taskDescription": "Test task",
        "inputData": {"n": 2**70},
        "priority": 8,
        "runAt": "2026-11-22T12:00:00Z",
    }
    assert (made.job_id, made.status) == ("job-1", Status.QUEUED)


def test_input_that_json_cannot_carry_is_refused_before_anything_is_sent() -> None:
    scripted = api(ok(job(), 202))
    with client_of(scripted) as client, pytest.raises(UnencodablePayload):
        client.jobs.submit("simple-task", "Test task", {"n": float("nan")})
    assert scripted.calls == []


def test_a_list_is_followed_over_its_cursors() -> None:
    pages = [
        ok({"items": [job(jobId="a"), job(jobId="b")], "nextCursor": "c1"}),
        ok({"items": [job(jobId="c")], "nextCursor": None}),
    ]
    scripted = api(*pages)
    with client_of(scripted) as client:
        found = [item.job_id for item in client.jobs.iterate(status=[Status.FAILED, Status.EXPIRED], page_size=2)]
    assert found == ["a", "b", "c"]
    assert [str(call.url.query, "ascii") for call in scripted.calls] == [
        "status=failed&status=expired&limit=2",
        "status=failed&status=expired&limit=2&cursor=c1",
    ]


def test_an_id_cannot_break_out_of_its_path() -> None:
    scripted = api(ok(job()))
    with client_of(scripted) as client:
        client.jobs.get("../admin/agent-worker?x=1")
    assert scripted.calls[0].url.raw_path == b"/api/agent-jobs/..%2Fadmin%2Fagent-worker%3Fx%3D1"


def test_a_checkpoint_comes_with_the_etag_that_names_what_was_shown() -> None:
    text = '{"n":123456789012345678901234567890}'
    scripted = api(ok(shown_checkpoint({"n": 123456789012345678901234567890}, text), etag=ETAG))
    with client_of(scripted) as client:
        shown = client.checkpoints.get(CHECKPOINT_ID)
    assert (shown.etag, shown.payload_text) == (ETAG, text)
    assert shown.payload == {"n": 123456789012345678901234567890}


def test_an_edit_is_sent_byte_for_byte_with_the_etag() -> None:
    scripted = api(ok(checkpoint("approved", decision=decision()), etag=ETAG))
    with client_of(scripted) as client:
        decided = client.checkpoints.approve(CHECKPOINT_ID, reason="ok", edit=Edit('{ "b": 1.10,"a":2}'), etag=ETAG)
    (call,) = scripted.calls
    assert call.headers["if-match"] == ETAG
    assert call.content == b'{"editedPayload":{ "b": 1.10,"a":2},"reason":"ok"}'
    assert decided.decision is not None
    assert decided.decision.by == ["ana"]


def test_a_plain_approval_has_an_empty_body_and_no_condition() -> None:
    scripted = api(ok(checkpoint("approved", decision=decision())))
    with client_of(scripted) as client:
        client.checkpoints.approve(CHECKPOINT_ID)
    assert scripted.calls[0].content == b"{}"
    assert "if-match" not in scripted.calls[0].headers


@pytest.mark.parametrize("text", ["null", "{", '{"a":1,"a":2}', '"\\u0000"'])
def test_an_edit_that_is_no_payload_is_refused_before_anything_is_sent(text: str) -> None:
    with pytest.raises(MalformedJson):
        Edit(text)


def test_an_edit_made_from_a_value_is_encoded_as_payloads_are() -> None:
    assert Edit.of({"b": "é", "a": [1, 2]}).text == '{"a":[1,2],"b":"é"}'


def test_a_rejection_says_why_in_the_body() -> None:
    scripted = api(ok(checkpoint("rejected", decision=decision("rejected"))))
    with client_of(scripted) as client:
        client.checkpoints.reject(CHECKPOINT_ID, "not now", etag=ETAG)
    (call,) = scripted.calls
    assert (call.method, call.content, call.headers["if-match"]) == ("DELETE", b'{"reason":"not now"}', ETAG)


def test_the_metrics_are_text() -> None:
    scripted = api(httpx.Response(200, text="agent_checkpoints_pending 1\n"))
    with client_of(scripted) as client:
        assert client.metrics() == "agent_checkpoints_pending 1\n"
