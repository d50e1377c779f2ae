"""Many decisions in one request."""

import json
from typing import Any

import httpx
import psycopg
import pytest

from sluicegate_checkpoint_svc.domain.bulk import MOST_APPROVALS, MOST_DECISIONS
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.payload import digest
from tests.integration.checkpoint_svc.replicas import Replica, World
from tests.unit.checkpoint_svc.examples import created

pytestmark = pytest.mark.anyio


async def recorded(world: World, *events: CheckpointCreated) -> None:
    for event in (*events, *events):
        world.deliver(event)
    wanted = {event.checkpoint_id for event in events}
    await world.until(lambda: wanted <= {each.checkpoint_id for each in world.sent(CheckpointRecorded)})


def low(number: int, **changes: Any) -> CheckpointCreated:
    return created(**{"key": f"low-{number}", "risk": "low", **changes})


def approve(event: CheckpointCreated, **changes: Any) -> dict[str, Any]:
    return {
        "checkpointId": str(event.checkpoint_id),
        "payloadDigest": event.payload_digest,
        "decision": "approve",
    } | changes


def reject(event: CheckpointCreated, **changes: Any) -> dict[str, Any]:
    return approve(event, **{"decision": "reject", "reason": "no"} | changes)


async def decide(replica: Replica, *decisions: dict[str, Any], by: str = "ben") -> httpx.Response:
    return await replica.call("POST", "/bulk", by=by, json={"decisions": decisions})


def statuses(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [result["status"] for result in answer.json()["results"]]


def slugs(answer: httpx.Response) -> list[str]:
    return [result.get("problem", {}).get("type", "").rpartition("/")[2] for result in answer.json()["results"]]


async def test_each_decision_stands_for_itself(world: World) -> None:
    good, mine, decided, changed, risky, missing, refused = (low(number) for number in range(7))
    mine, risky = low(1, requested_by="ben"), low(4, risk="medium")
    async with world.replicas() as (replica,):
        await recorded(world, good, mine, decided, changed, risky, refused)
        await replica.call("POST", f"/{decided.checkpoint_id}", by="cleo")
        answer = await decide(
            replica,
            approve(good, reason="fine"),
            approve(mine),
            approve(decided),
            approve(changed, payloadDigest=digest(b"another")),
            approve(risky),
            approve(missing),
            reject(refused),
        )
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 3)
    assert statuses(answer) == [200, 403, 409, 412, 409, 404, 200]
    assert slugs(answer) == [
        "",
        "self-approval",
        "already-decided",
        "precondition-failed",
        "not-in-bulk",
        "not-found",
        "",
    ]
    results = answer.json()["results"]
    assert [each["checkpointId"] for each in results[:2]] == [str(good.checkpoint_id), str(mine.checkpoint_id)]
    assert results[0]["checkpoint"]["decision"]["reason"] == "fine"
    assert results[2]["problem"]["decision"]["by"] == ["cleo"]
    assert results[6]["checkpoint"]["state"] == "rejected"
    assert results[1]["problem"]["requestId"] == answer.headers["x-request-id"]


async def test_they_share_a_commit(world: World) -> None:
    events = [low(number) for number in range(MOST_APPROVALS)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        with psycopg.connect(world.database) as connection:
            connection.execute("DELETE FROM news")
        assert statuses(await decide(replica, *map(approve, events))) == [200] * MOST_APPROVALS
        with psycopg.connect(world.database) as connection:
            changed = connection.execute("SELECT changes FROM news").fetchall()
    # News are of one commit.
    assert max(len(json.loads(changes)) for (changes,) in changed) == MOST_APPROVALS


async def test_the_same_again_is_the_same_answer(world: World) -> None:
    events = [low(number) for number in range(3)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        first, second = [(await decide(replica, *map(approve, events))).json() for _ in range(2)]
        other = await decide(replica, *map(reject, events), by="cleo")
    assert first == second
    assert statuses(other) == [409] * 3


async def test_no_more_is_approved_at_once_than_can_have_been_looked_at(world: World) -> None:
    events = [low(number) for number in range(MOST_APPROVALS + 1)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        too_many = await decide(replica, *map(approve, events))
        some = await decide(replica, *map(approve, events[:5]), *map(reject, events[5:]))
    assert (too_many.status_code, too_many.json()["type"].rpartition("/")[2]) == (422, "too-many-approvals")
    assert statuses(some) == [200] * len(events)


async def test_approvals_are_of_one_job_type_and_rejections_of_any(world: World) -> None:
    one, other, third = low(1), low(2, job_type="data-processing"), low(3, job_type="simple-task")
    async with world.replicas() as (replica,):
        await recorded(world, one, other, third)
        mixed = await decide(replica, approve(one), approve(other))
        state = (await replica.call("GET", f"/{one.checkpoint_id}")).json()["state"]
        rejected = await decide(replica, reject(one), reject(other), approve(third))
    assert (mixed.status_code, mixed.json()["type"].rpartition("/")[2]) == (422, "several-job-types")
    assert state == "pending"
    assert statuses(rejected) == [200] * 3


async def test_as_many_are_rejected_as_one_request_may_hold(world: World) -> None:
    events = [created(key=f"k{number}", risk="critical") for number in range(MOST_DECISIONS)]
    async with world.replicas() as (replica,):
        await recorded(world, *events)
        assert statuses(await decide(replica, *map(reject, events))) == [200] * MOST_DECISIONS
        too_many = await decide(replica, *map(reject, [*events, created(key="one more")]))
    assert too_many.status_code == 422


ONE = low(1)


@pytest.mark.parametrize(
    ("decisions", "pointer"),
    [
        ([], "/decisions"),
        ([approve(ONE), approve(ONE)], "/decisions"),
        ([approve(ONE, decision="edit")], "/decisions/0/decision"),
        ([approve(ONE, decision="reject")], "/decisions/0"),
        ([reject(ONE, reason=" ")], "/decisions/0/reason"),
        ([approve(ONE, payloadDigest="sha256:0")], "/decisions/0/payloadDigest"),
        ([approve(ONE, checkpointId="7")], "/decisions/0/checkpointId"),
        ([approve(ONE, etag="x")], "/decisions/0/etag"),
    ],
)
async def test_what_is_wrong_is_pointed_at_and_nothing_is_decided(
    world: World, decisions: list[dict[str, Any]], pointer: str
) -> None:
    async with world.replicas() as (replica,):
        answer = await decide(replica, *decisions)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_only_who_may_decide_one_may_decide_many(world: World) -> None:
    async with world.replicas() as (replica,):
        assert (await decide(replica, approve(ONE), by="vic")).status_code == 403
        assert statuses(await decide(replica, approve(ONE))) == [404]
