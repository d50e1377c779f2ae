"""Many people decide on the same checkpoints at once, on either of two replicas."""

import asyncio
import dataclasses
import random
from collections import Counter

import psycopg.conninfo
import pytest

from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from tests.integration.checkpoint_svc.replicas import DECIDERS, Replica, World
from tests.ports.db.cutting_proxy import CuttingProxy
from tests.unit.checkpoint_svc.examples import created

pytestmark = pytest.mark.anyio

CHECKPOINTS = 60


async def decide(replica: Replica, which: str, by: str, approves: bool) -> tuple[str, str, dict[str, object]] | None:
    if approves:
        response = await replica.call("POST", f"/{which}", by=by)
    else:
        response = await replica.call("DELETE", f"/{which}", by=by, params={"reason": "no"})
    assert response.status_code in (200, 409), response.text
    decision = response.json()["decision"]
    if response.status_code == 409:
        return None
    assert decision["by"] == [by]
    assert decision["outcome"] == ("approved" if approves else "rejected")
    return which, by, decision


async def test_eight_deciders_on_two_replicas_never_both_win(world: World) -> None:
    luck = random.Random(3)
    async with world.replicas(2) as replicas:
        events = [created(job_id=f"job-{number}") for number in range(CHECKPOINTS)]
        for event in [*events, *events]:
            world.deliver(event)
        await world.until(lambda: len({each.checkpoint_id for each in world.sent(CheckpointRecorded)}) == CHECKPOINTS)
        votes = [(str(event.checkpoint_id), by) for event in events for by in DECIDERS]
        luck.shuffle(votes)
        told = await asyncio.gather(
            *(decide(luck.choice(replicas), which, by, luck.random() < 0.5) for which, by in votes)
        )
        await world.until(lambda: len({each.checkpoint_id for each in world.sent(CheckpointDecided)}) == CHECKPOINTS)
    wins = [win for win in told if win is not None]
    assert len(wins) == CHECKPOINTS
    assert max(Counter(which for which, _, _ in wins).values()) == 1
    published = {
        str(each.checkpoint_id): (str(each.decision_id), each.outcome.value) for each in world.sent(CheckpointDecided)
    }
    assert published == {which: (decision["decisionId"], decision["outcome"]) for which, _, decision in wins}


async def test_one_person_who_sends_the_same_decision_many_times_is_told_one_decision(world: World) -> None:
    async with world.replicas(2) as replicas:
        world.deliver(created())
        world.deliver(created())
        await world.until(lambda: len(world.sent(CheckpointRecorded)) >= 1)
        which = str(created().checkpoint_id)
        told = await asyncio.gather(*(decide(replicas[number % 2], which, "ben", True) for number in range(16)))
    assert None not in told
    assert len({str(win[2]["decisionId"]) for win in told if win}) == 1
    assert len({each.decision_id for each in world.sent(CheckpointDecided)}) == 1


async def test_a_decision_whose_commit_was_lost_on_the_way_is_one_decision_and_leaves_at_once(world: World) -> None:
    async with CuttingProxy.to(world.database) as proxy:
        address = psycopg.conninfo.conninfo_to_dict(proxy.url)
        through_proxy = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format_map(address)
        async with dataclasses.replace(world, database=through_proxy).replicas() as (replica,):
            world.deliver(created())
            world.deliver(created())
            await world.until(lambda: len(world.sent(CheckpointRecorded)) == 1)
            proxy.withhold(b"COMMIT\0")
            won = await decide(replica, str(created().checkpoint_id), "ben", True)
            await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
        assert proxy.cuts == 1
    (event,) = world.sent(CheckpointDecided)
    assert won is not None
    assert won[2]["decisionId"] == str(event.decision_id)
