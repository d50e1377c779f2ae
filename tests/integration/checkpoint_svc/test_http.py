"""The routes, as callers meet them."""

import json
from uuid import UUID

import pytest

from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.limits import PAYLOAD_BYTES
from sluicegate_schemas.payload import digest
from sluicegate_schemas.signature import verify
from tests.integration.checkpoint_svc.replicas import Replica, World
from tests.unit.checkpoint_svc.examples import KEY, PAYLOAD, created

pytestmark = pytest.mark.anyio


async def recorded(world: World, *events: CheckpointCreated) -> str:
    """Has the events recorded; gives the path of the first."""
    expected = len(world.sent(CheckpointRecorded)) + len(events)
    for event in (*events, *events):
        world.deliver(event)
    await world.until(lambda: len(world.sent(CheckpointRecorded)) >= expected)
    return f"/{events[0].checkpoint_id}"


async def test_one_checkpoint_is_shown_with_its_payload_as_value_and_as_exact_text(world: World) -> None:
    odd = '{ "n": 12345678901234567890123, "z":1.0, "a":"\\u00e9" }'
    async with world.replicas() as (replica,):
        path = await recorded(world, created(payload=odd, description="why", expires_in_seconds=60))
        response = await replica.call("GET", path, by="vic")
    shown = response.json()
    assert f'"payload":{odd}'.encode() in response.content
    assert shown["payload"]["n"] == 12345678901234567890123
    assert shown["payloadText"] == odd
    assert shown["payloadDigest"] == digest(odd.encode())
    assert shown["description"] == "why"
    assert shown["createdAt"] < shown["expiresAt"]
    assert [each["event"] for each in shown["timeline"]] == ["asked", "recorded"]
    assert response.headers["etag"] == f'"{shown["payloadDigest"][7:]}.1"'


async def test_an_approval_answers_with_the_decision_and_publishes_it_signed(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        response = await replica.call("POST", path, json={"reason": "fine"})
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
    told = response.json()
    (event,) = world.sent(CheckpointDecided)
    signed = verify(event, {KEY.key_id: KEY.key.public_key()})
    assert (response.status_code, told["state"], told["version"]) == (200, "approved", 2)
    assert told["decision"]["by"] == event.decided_by == ["ben"]
    assert told["decision"]["reason"] == event.reason == "fine"
    assert UUID(told["decision"]["decisionId"]) == signed.decision_id
    assert signed.payload_digest == digest(PAYLOAD.encode())


async def test_the_second_decision_is_told_who_decided_what_and_when(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        first = (await replica.call("POST", path)).json()
        again = await replica.call("POST", path)
        other = await replica.call("DELETE", path, by="cleo", json={"reason": "no"})
    assert (again.status_code, again.json()["decision"]) == (200, first["decision"])
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"
    assert other.json()["type"].endswith("/already-decided")
    assert other.json()["decision"] == first["decision"]
    assert "ben" in other.json()["detail"]


@pytest.mark.parametrize("requested_by", ["ana", "upstream:crm/ana"])
async def test_nobody_decides_on_what_they_requested(world: World, requested_by: str) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created(requested_by=requested_by))
        approved = await replica.call("POST", path, by="ana")
        rejected = await replica.call("DELETE", path, by="ana", json={"reason": "no"})
        state = (await replica.call("GET", path)).json()["state"]
    assert (approved.status_code, rejected.status_code, state) == (403, 403, "pending")
    assert approved.json()["type"].endswith("/self-approval")


async def test_an_edit_goes_out_byte_for_byte_and_needs_what_was_shown(world: World) -> None:
    edited = '{ "amount" : 90071992547409931,  "by":"é" }'
    body = f'{{"editedPayload": {edited}, "reason": "less"}}'.encode()
    json_type = {"content-type": "application/json"}
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        etag = (await replica.call("GET", path)).headers["etag"]
        unseen = await replica.call("POST", path, content=body, headers=json_type)
        anything = await replica.call("POST", path, content=body, headers={**json_type, "if-match": "*"})
        stale = await replica.call("POST", path, content=body, headers={**json_type, "if-match": f'"{"0" * 64}.1"'})
        done = await replica.call("POST", path, content=body, headers={**json_type, "if-match": etag})
        again = await replica.call("POST", path, content=body, headers={**json_type, "if-match": etag})
        shown = await replica.call("GET", path)
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
    (event,) = world.sent(CheckpointDecided)
    assert [each.status_code for each in (unseen, anything, stale, done, again)] == [428, 428, 412, 200, 200]
    assert stale.headers["etag"] == etag
    assert event.edited_payload == edited
    assert verify(event, {KEY.key_id: KEY.key.public_key()}).edited_digest == digest(edited.encode())
    assert shown.json()["decision"]["editedPayloadText"] == edited
    assert shown.json()["payloadText"] == PAYLOAD


async def test_a_rejection_gives_its_reason_in_the_body_or_in_the_query(world: World) -> None:
    async with world.replicas() as (replica,):
        in_body = await recorded(world, created())
        in_query = await recorded(world, created(key="other"))
        mute = await replica.call("DELETE", in_body)
        blank = await replica.call("DELETE", in_body, params={"reason": " "})
        first = await replica.call("DELETE", in_body, json={"reason": "too much"})
        second = await replica.call("DELETE", in_query, params={"reason": "too little"})
    assert [each.status_code for each in (mute, blank, first, second)] == [422, 422, 200, 200]
    assert first.json()["state"] == "rejected"
    assert first.json()["decision"]["reason"] == "too much"
    assert second.json()["decision"]["reason"] == "too little"


async def test_a_vote_after_the_deadline_is_told_that_it_expired_though_the_loop_has_not_come_by(world: World) -> None:
    async with world.replicas(expiry_interval_seconds=3600) as (replica,):
        path = await recorded(world, created(expires_in_seconds=0.001))
        refused = await replica.call("POST", path)
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
    assert refused.status_code == 409
    assert refused.json()["decision"]["outcome"] == "expired"
    assert refused.json()["decision"]["by"] == []
    assert [each.outcome for each in world.sent(CheckpointDecided)] == [Outcome.EXPIRED]


async def test_an_info_is_acknowledged_and_never_decided(world: World) -> None:
    async with world.replicas() as (replica,):
        info = await recorded(world, created(kind="info"))
        approval = await recorded(world, created(key="other"))
        approved = await replica.call("POST", info)
        first = await replica.call("POST", f"{info}/acknowledge")
        second = await replica.call("POST", f"{info}/acknowledge", by="cleo")
        wrong = await replica.call("POST", f"{approval}/acknowledge")
    assert [each.status_code for each in (approved, first, second, wrong)] == [409, 200, 200, 409]
    assert first.json()["acknowledged"] == second.json()["acknowledged"]
    assert first.json()["acknowledged"]["by"] == "ben"
    assert world.sent(CheckpointDecided) == []


async def test_only_what_the_handler_allows_can_be_decided(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created(allowed_decisions=["approve", "escalate"]))
        refused = await replica.call("DELETE", path, json={"reason": "no"})
        shown = (await replica.call("GET", path)).json()
    assert refused.status_code == 409
    assert shown["allowedDecisions"] == ["approve"]


@pytest.mark.parametrize("which", ["01935c5e-0000-7000-8000-000000000000", "nonsense", "..", "%7b", "1" * 300])
async def test_what_is_not_there_is_404(world: World, which: str) -> None:
    async with world.replicas() as (replica,):
        answers = [await replica.call(method, f"/{which}") for method in ("GET", "POST")]
    assert [each.status_code for each in answers] == [404, 404]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"reason":"a","reason":"b"}', 400),
        (b'{"editedPayload":NaN}', 400),
        (b'{"editedPayload":1e400}', 400),
        (b'{"editedPayload":"\\u0000"}', 400),
        (b'{"editedPayload":"\\ud800"}', 400),
        (b'{"editedPayload":' + b"[" * 65 + b"]" * 65 + b"}", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"[]", 422),
        (b'{"approve":true}', 422),
        (b'{"reason":1}', 422),
        (b'{"editedPayload":null}', 422),
        (b'{"editedPayload":"' + b"x" * PAYLOAD_BYTES + b'"}', 413),
        (b'{"reason":"' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
async def test_a_bad_body_decides_nothing(world: World, body: bytes, status: int) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        headers = {"content-type": "application/json", "if-match": (await replica.call("GET", path)).headers["etag"]}
        refused = await replica.call("POST", path, content=body, headers=headers)
        state = (await replica.call("GET", path)).json()["state"]
    assert (refused.status_code, state) == (status, "pending"), refused.text


async def inbox(replica: Replica, **params: object) -> list[str]:
    response = await replica.call("GET", params={name: str(value) for name, value in params.items()})
    assert response.status_code == 200, response.text
    return [item["key"] for item in response.json()["items"]]


async def test_the_inbox_holds_what_is_pending_by_deadline(world: World) -> None:
    async with world.replicas() as (replica,):
        await recorded(
            world,
            created(key="never"),
            created(key="late", expires_in_seconds=600, title="100% sure_thing"),
            created(key="soon", expires_in_seconds=60, risk="high", job_id="job-2", job_type="data-processing"),
            created(key="note", kind="info"),
        )
        gone = await recorded(world, created(key="gone"))
        await replica.call("POST", gone)
        assert await inbox(replica) == ["soon", "late", "never"]
        assert await inbox(replica, kind="info") == ["note"]
        assert await inbox(replica, state="approved") == ["gone"]
        assert await inbox(replica, risk="high") == ["soon"]
        assert await inbox(replica, jobId="job-2") == ["soon"]
        assert await inbox(replica, jobType="data-processing") == ["soon"]
        assert await inbox(replica, q="100% SURE_") == ["late"]
        assert await inbox(replica, q="%") == ["late"]
        everything = await replica.call("GET", params={"state": "all"})
        assert everything.json()["total"] == 5
        assert everything.json()["items"][0]["key"] == "gone"
        assert "payload" not in everything.json()["items"][0]


@pytest.mark.parametrize("state", ["pending", "all"])
async def test_pages_hold_everything_once(world: World, state: str) -> None:
    events = [created(key=f"k{n}", expires_in_seconds=(3600 + n) if n % 2 else None) for n in range(7)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        seen: list[str] = []
        params = {"limit": "2", "state": state}
        while True:
            page = (await replica.call("GET", params=params)).json()
            assert page["total"] == 7
            seen += [item["key"] for item in page["items"]]
            if page["nextCursor"] is None:
                break
            params["cursor"] = page["nextCursor"]
        forged = await replica.call("GET", params={"limit": "2", "cursor": "AAAA"})
    assert len(seen) == 7
    assert set(seen) == {event.key for event in events}
    assert forged.status_code == 400


async def test_an_unknown_filter_is_refused(world: World) -> None:
    async with world.replicas() as (replica,):
        answers = [
            await replica.call("GET", params=params) for params in ({"status": "x"}, {"state": "x"}, {"limit": "0"})
        ]
    assert [each.status_code for each in answers] == [422, 422, 422]


async def test_a_viewer_looks_and_does_not_decide(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, created())
        seen = await replica.call("GET", path, by="vic")
        refused = await replica.call("POST", path, by="vic")
        stranger = await replica.http.get(f"/api/admin/agent-checkpoints{path}")
    assert [seen.status_code, refused.status_code, stranger.status_code] == [200, 403, 401]


async def test_every_route_is_documented(world: World) -> None:
    async with world.replicas() as (replica,):
        document = json.loads((await replica.http.get("/openapi/checkpoint-svc.json")).content)
    routes = {(path, method) for path, methods in document["paths"].items() for method in methods}
    one = "/api/admin/agent-checkpoints/{id}"
    assert {(one, "post"), (one, "get"), (one, "delete"), (f"{one}/acknowledge", "post")} <= routes
    assert "editedPayload" in document["components"]["schemas"]["Approval"]["properties"]
