"""What each method sends, and what it makes of the answer."""

import json
from datetime import datetime, timedelta, timezone
from uuid import UUID

import httpx
import pytest

from sluicegate.client import AlreadyDecided, BulkDecision, ChangedSinceShown, Client, Edit
from sluicegate_schemas.errors import MalformedJson, UnencodablePayload
from sluicegate_schemas.job_lifecycle import Status
from tests.support.http_api import (
    CHECKPOINT_ID,
    ETAG,
    HERE,
    ScriptedApi,
    api,
    checkpoint,
    comment,
    decision,
    job,
    login_link,
    ok,
    refused,
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


def test_the_whole_checkpoint_in_place_of_its_id_is_a_mistake_that_is_named() -> None:
    scripted = api(ok(shown_checkpoint({"a": 1}), etag=ETAG))
    with client_of(scripted) as client:
        shown = client.checkpoints.get(CHECKPOINT_ID)
        with pytest.raises(TypeError, match="an id is a str or a UUID, and this is a ShownCheckpoint"):
            client.checkpoints.approve(shown)  # type: ignore[arg-type]
    assert len(scripted.calls) == 1


def test_a_value_in_place_of_an_edits_text_is_a_mistake_that_is_named() -> None:
    with pytest.raises(TypeError, match=r"Edit\.of takes a value"):
        Edit({"a": 1})  # type: ignore[arg-type]


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


def test_a_comment_is_sent_once_and_comes_back_as_the_timeline_has_it() -> None:
    scripted = api(ok(comment(), 201))
    with client_of(scripted) as client:
        said = client.checkpoints.comment(CHECKPOINT_ID, "Is this safe?")
    (call,) = scripted.calls
    assert (call.method, call.url.path) == ("POST", f"/api/admin/agent-checkpoints/{CHECKPOINT_ID}/comments")
    assert json.loads(call.content) == {"text": "Is this safe?"}
    assert (said.by, said.text) == ("cleo", "Is this safe?")


def test_many_decisions_are_one_call_with_a_result_for_each() -> None:
    done = {"checkpointId": CHECKPOINT_ID, "status": 200, "checkpoint": checkpoint("rejected")}
    taken = refused(409, "already-decided", decision=decision())
    scripted = api(ok({"results": [done, taken, refused(412, "precondition-failed")]}))
    one = BulkDecision(
        checkpoint_id=UUID(CHECKPOINT_ID), payload_digest="sha256:" + "0" * 64, decision="reject", reason="no"
    )
    with client_of(scripted) as client:
        rejected, late, changed = client.checkpoints.bulk([one])
    (call,) = scripted.calls
    assert call.url.path == "/api/admin/agent-checkpoints/bulk"
    assert json.loads(call.content) == {
        "decisions": [
            {
                "checkpointId": CHECKPOINT_ID,
                "payloadDigest": "sha256:" + "0" * 64,
                "decision": "reject",
                "reason": "no",
            }
        ]
    }
    assert rejected.error() is None
    assert rejected.checkpoint is not None
    error = late.error()
    assert isinstance(error, AlreadyDecided)
    assert error.decision is not None
    assert error.decision.by == ["ana"]
    assert isinstance(changed.error(), ChangedSinceShown)


def test_a_sign_in_link_is_a_whole_address() -> None:
    scripted = api(ok(login_link(), 201))
    with client_of(scripted) as client:
        link = client.sign_in.link("Ana")
    (call,) = scripted.calls
    assert (call.method, call.url.path) == ("POST", "/api/admin/login-links")
    assert json.loads(call.content) == {"name": "Ana"}
    assert link.url == f"{HERE.origin}/admin/sign-in/s3cret"


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
