"""Replicas that die, stall, drain and take over from each other."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.topics import JOB_LIFECYCLE
from sluicegate_schemas.worker_status import ReplicaState
from sluicegate_worker.bootstrap import Service
from tests.integration.worker import handlers
from tests.integration.worker.replica import Town

pytestmark = pytest.mark.anyio


async def test_a_run_suspended_on_one_replica_is_finished_by_another(town: Town) -> None:
    town.fleet()
    async with town.replica(worker_id="first"):
        town.submit("a", "gated")
        asked = await town.asks("a")
    async with town.replica(worker_id="second"):
        town.decide(asked)
        ended = await town.reaches("a", Status.SUCCEEDED)
    assert ended.worker_id == "second"
    assert handlers.calls.count("plan a") == 1


async def test_a_lost_lease_counts_an_attempt_and_another_replica_goes_on(town: Town) -> None:
    town.fleet()
    async with town.replica(worker_id="first") as first:
        town.submit("b", "patient", sealed=False)
        await town.reaches("b", Status.RUNNING)
        await _freeze(first, town)
        async with town.replica(worker_id="second"):
            await town.until(lambda: any(one.attempt == 2 for one in town.lifecycles("b")))
            handlers.gate("b").set()
            ended = await town.reaches("b", Status.SUCCEEDED)
    assert (ended.attempt, ended.worker_id, ended.lost_worker_id) == (2, "second", "first")
    ends = [one for one in town.lifecycles("b") if one.status.terminal]
    assert len(ends) == 1, "the zombie told of an end"


async def test_a_replica_that_lost_its_lease_comes_back_under_a_new_one(town: Town) -> None:
    town.fleet()
    async with town.replica() as service:
        await _freeze(service, town)
        town.submit("c", "echo")
        await town.reaches("c", Status.SUCCEEDED)


async def test_a_drained_replica_gives_its_runs_back_without_counting_the_attempt(town: Town) -> None:
    town.fleet()
    async with town.replica(worker_id="first", grace_seconds=3):
        town.submit("d", "patient")
        await town.reaches("d", Status.RUNNING)
    row = await town.run("d")
    assert (row["status"], row["attempt"], row["owner"]) == ("queued", 1, None)
    assert town.statuses()[-1].state is ReplicaState.STOPPED
    handlers.gate("d").set()
    async with town.replica(worker_id="second"):
        ended = await town.reaches("d", Status.SUCCEEDED)
    assert ended.attempt == 1


async def test_a_draining_replica_lets_its_handlers_come_to_their_end(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("e", "patient")
        await town.reaches("e", Status.RUNNING)
        asyncio.get_running_loop().call_later(0.2, handlers.gate("e").set)
    assert (await town.run("e"))["status"] == "succeeded"


async def test_a_claim_that_nobody_executes_is_given_back(town: Town) -> None:
    """As after a commit whose outcome was lost: the table says that the replica has it, the replica doesn't know."""
    town.fleet()
    async with town.replica() as service:
        town.submit("f", "unhandled")
        await town.until(lambda: bool(town.lifecycles("f")))
        lease = service.claims._lease
        assert lease is not None
        await town.write(
            "UPDATE runs SET job_type = 'echo', status = 'running', rank = NULL, due_at = NULL, "
            "blocked_reason = NULL, owner = %s, claimed_at = now(), started_at = now(), lease_no = 1",
            lease.owner,
        )
        await town.reaches("f", Status.SUCCEEDED)


async def test_a_type_without_a_handler_is_blocked_then_done_once_somebody_handles_it(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("g", "unheard-of")
        await town.until(lambda: any(one.blocked_reason == "no-handler" for one in town.lifecycles("g")))
        await town.write("UPDATE runs SET job_type = 'echo' WHERE job_id = 'g'")
        await town.reaches("g", Status.SUCCEEDED)


async def test_a_type_that_stays_without_a_handler_fails(town: Town) -> None:
    town.fleet()
    async with town.replica(unhandled_type_seconds=0.5):
        town.submit("h", "unheard-of")
        ended = await town.reaches("h", Status.FAILED)
    assert ended.error is not None
    assert ended.error.type == "NoHandler"


async def test_a_run_for_later_waits_for_its_time(town: Town) -> None:
    town.fleet()
    async with town.replica():
        at = datetime.now(UTC) + timedelta(seconds=1.5)
        town.submit("i", "echo", run_at=at)
        queued = await town.reaches("i", Status.QUEUED)
        assert queued.ready_at == at
        ended = await town.reaches("i", Status.SUCCEEDED)
    assert ended.started_at is not None
    assert ended.started_at >= at


async def test_higher_priority_goes_first_and_a_slot_is_kept_by_a_thread_that_does_not_stop(town: Town) -> None:
    town.fleet()
    async with town.replica(max_concurrent_jobs=1) as service:
        town.submit("t", "threaded")
        await town.reaches("t", Status.RUNNING)
        town.submit("low", "echo", priority=1)
        town.submit("high", "echo", priority=9)
        await town.reaches("high", Status.QUEUED)
        assert len(service.claims.held) == 1
        handlers.gate("t").set()
        low = await town.reaches("low", Status.SUCCEEDED)
        high = await town.reaches("high", Status.SUCCEEDED)
    assert high.started_at is not None
    assert low.started_at is not None
    assert high.started_at < low.started_at


async def test_a_handler_that_blocks_the_event_loop_costs_no_lease_and_is_named(town: Town) -> None:
    town.fleet()
    with structlog.testing.capture_logs() as logs:
        async with town.replica(lease_seconds=2):
            town.submit("k", "blocking", input_data={"seconds": 4})
            await town.reaches("k", Status.SUCCEEDED)
    assert (await town.run("k"))["attempt"] == 1
    blocked = [one for one in logs if one["event"] == "event loop blocked"]
    assert [(one["job_type"], one["job_id"]) for one in blocked] == [("blocking", "k")]


async def test_two_replicas_share_the_work_and_do_nothing_twice(town: Town) -> None:
    town.fleet()
    async with (
        town.replica(worker_id="first", max_concurrent_jobs=5),
        town.replica(worker_id="second", max_concurrent_jobs=5),
    ):
        for number in range(200):
            town.submit(f"job-{number}", "echo")

        async def all_ended() -> bool:
            return await town.ended() == 200

        await town.until(all_ended)
    rows = await town.rows("SELECT worker_id, lease_no, attempt FROM runs")
    assert {(row["lease_no"], row["attempt"]) for row in rows} == {(1, 1)}
    told = town.broker.records(JOB_LIFECYCLE.name)
    ends = [record.key for record in told if b"succeeded" in (record.value or b"")]
    assert len(ends) == len(set(ends)) == 200


async def _freeze(service: Service, town: Town) -> None:
    """As if the process had been stopped for longer than its lease: its row has run out before it beats again."""
    await town.write("UPDATE replicas SET lease_until = clock_timestamp() - interval '1 second'")
    service.heartbeat.hurry()
