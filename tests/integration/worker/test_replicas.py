"""Replicas that die, stall, drain and take over from each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest
import structlog
from psycopg.conninfo import conninfo_to_dict

from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status
from sluicegate_schemas.topics import JOB_LIFECYCLE
from sluicegate_schemas.worker_status import ReplicaState
from sluicegate_worker.bootstrap import Service
from sluicegate_worker.operations.receive_control import ReceiveFleetControl
from tests.integration.worker import handlers
from tests.integration.worker.replica import Town
from tests.ports.db.cutting_proxy import CuttingProxy

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


async def test_a_lost_lease_counts_an_attempt_and_the_run_goes_on_under_another(town: Town) -> None:
    """On whichever replica is first: the one that lost it comes back under a new one."""
    town.fleet()
    async with town.replica(worker_id="first") as first:
        town.submit("b", "patient", sealed=False)
        await town.reaches("b", Status.RUNNING)
        async with town.replica(worker_id="second"):
            await _freeze(first, town, "first")
            await town.until(lambda: any(one.attempt == 2 for one in town.lifecycles("b")))
            handlers.gate("b").set()
            ended = await town.reaches("b", Status.SUCCEEDED)
    assert (ended.attempt, ended.lost_worker_id) == (2, "first")
    ends = [one for one in town.lifecycles("b") if one.status.terminal]
    assert len(ends) == 1, "the zombie told of an end"


async def test_a_replica_that_lost_its_lease_comes_back_under_a_new_one(town: Town) -> None:
    town.fleet()
    async with town.replica() as service:
        await _freeze(service, town, "w1")
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
    told = town.events(JOB_LIFECYCLE.name, JobLifecycle)
    ends = {(one.job_id, one.finished_at) for one in told if one.status is Status.SUCCEEDED}
    # A request that a rebalance delivers again is answered again, with the same end.
    assert len(ends) == len({job_id for job_id, _ in ends}) == 200


async def _freeze(service: Service, town: Town, worker_id: str) -> None:
    """As if the process had been stopped for longer than its lease: its row has run out before it beats again."""
    statement = "UPDATE replicas SET lease_until = clock_timestamp() - interval '1 second' WHERE worker_id = %s"
    await town.write(statement, worker_id)
    service.heartbeat.hurry()


async def test_a_claim_that_lands_while_its_replica_drains_counts_no_attempt(town: Town) -> None:
    town.fleet()
    async with _holding(town, "SELECT FROM fleet FOR UPDATE") as held:
        async with town.replica(poll_interval_seconds=60, lock_timeout_seconds=30) as service:
            await held.take()
            await town.write(READY_RUN, "late")
            await town.write(READY_REQUEST, "late", '{"inputData": {}}')
            blocked = service.writes.enqueue(ReceiveFleetControl(1, Desired.STARTED))
            service.claims.wake()
            await town.until(lambda: held.is_waited_for(), "the batch that claims it is under way")
            letting_go = asyncio.create_task(_after_drain(service, held))
        await asyncio.gather(blocked, letting_go)
    row = await town.run("late")
    assert (row["status"], row["attempt"], row["owner"]) == ("queued", 1, None)


async def test_a_replica_whose_lines_to_the_database_fell_silent_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sluicegate_kit.db.connection.ANSWER_SECONDS", 1.0)
    town.fleet()
    async with CuttingProxy.to(town.url) as proxy:
        where = conninfo_to_dict(proxy.url)
        url = "postgresql://{user}:{password}@127.0.0.1:{port}/{dbname}".format(**where)
        async with town.replica(database_url=url, lease_seconds=4):
            town.submit("g", "patient")
            await town.reaches("g", Status.RUNNING)
            proxy.fall_silent()
            handlers.gate("g").set()
            await town.reaches("g", Status.SUCCEEDED)
            town.submit("h", "gated")
            town.decide(await town.asks("h"))
            await town.reaches("h", Status.SUCCEEDED)


READY_RUN = """
INSERT INTO runs (job_id, run, job_type, status, priority, attempt, max_attempts, request_digest, upstream, ready_at,
                  seq, control_seq, rank, lease_no, announced, owes_request, running_ms, attempt_ms)
VALUES (%s, 1, 'patient', 'queued', 5, 1, 3, '', false, now(), 1, 0, now(), 0, true, false, 0, 0)
"""
"""As another replica leaves it that had no slot."""
READY_REQUEST = "INSERT INTO requests (job_id, request, requested_by, received_at) VALUES (%s, %s, 'ana', now())"


class _Held:
    """A lock that a transaction of the test holds."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[object, ...]], statement: LiteralString) -> None:
        self._connection = connection
        self._statement = statement

    async def take(self) -> None:
        await self._connection.execute(self._statement)

    async def is_waited_for(self) -> bool:
        return await self._count("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0

    async def let_go(self) -> None:
        await self._connection.rollback()

    async def _count(self, statement: LiteralString) -> int:
        found = await (await self._connection.execute(statement)).fetchone()
        assert found is not None
        return int(str(found[0]))


@asynccontextmanager
async def _holding(town: Town, statement: LiteralString) -> AsyncIterator[_Held]:
    async with await psycopg.AsyncConnection.connect(town.url) as connection:
        yield _Held(connection, statement)


async def _after_drain(service: Service, held: _Held) -> None:
    """Let go once the replica drains, and has had its turns to believe that nothing is left."""
    while service.replica.state is not ReplicaState.DRAINING:  # noqa: ASYNC110 - it is set without a signal
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    await held.let_go()
