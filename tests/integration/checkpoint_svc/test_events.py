"""Checkpoints, decisions and runs as events: in time, late, twice, and out of order."""

import psycopg
import pytest

from sluicegate_checkpoint_svc.observing import Pending
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, JobLifecycle, Status
from sluicegate_schemas.signature import verify
from sluicegate_schemas.topics import CHECKPOINT_CREATED, DEAD_LETTER
from tests.integration.checkpoint_svc.replicas import Replica, World
from tests.unit.checkpoint_svc.examples import KEY, NOON, created

pytestmark = pytest.mark.anyio


def lifecycle(status: Status, *, run: int = 1, answers: list[Answer] | None = None) -> JobLifecycle:
    return JobLifecycle(
        job_id="job-1",
        run=run,
        seq=1,
        job_type="code-generation",
        status=status,
        priority=5,
        attempt=1,
        max_attempts=3,
        answers=answers,
        at=NOON,
    )


async def recorded(world: World, replica: Replica, event: CheckpointCreated) -> str:
    """Delivers the event, and once more; the answer to the second says that the first was written."""
    before = len(world.sent(CheckpointRecorded)) + len(world.sent(CheckpointDecided))
    world.deliver(event)
    world.deliver(event)
    await world.until(lambda: len(world.sent(CheckpointRecorded)) + len(world.sent(CheckpointDecided)) > before)
    return f"/{event.checkpoint_id}"


async def outbox(world: World) -> list[str | None]:
    async with await psycopg.AsyncConnection.connect(world.database) as connection:
        return [key for (key,) in await (await connection.execute("SELECT answer_key FROM outbox")).fetchall()]


async def test_a_checkpoint_is_recorded_once_and_answered_only_when_sent_again(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, replica, created())
        shown = (await replica.call("GET", path)).json()
    assert len(world.sent(CheckpointRecorded)) == 1
    assert shown["state"] == "pending"
    assert shown["version"] == 1


async def test_a_checkpoint_sent_again_after_its_decision_is_answered_with_that_decision(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, replica, created())
        assert (await replica.call("POST", path)).status_code == 200
        world.deliver(created())
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 2)
    first, second = world.sent(CheckpointDecided)
    assert first == second
    assert verify(first, {KEY.key_id: KEY.key.public_key()}).outcome is Outcome.APPROVED


async def test_the_end_of_a_run_cancels_what_it_left_undecided(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, replica, created())
        info = await recorded(world, replica, created(key="note", kind="info"))
        world.deliver(lifecycle(Status.CANCELLED))
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
        (decided,) = world.sent(CheckpointDecided)
        refused = await replica.call("POST", path)
        noted = (await replica.call("GET", info)).json()
    assert (decided.outcome, decided.decided_by) == (Outcome.CANCELLED, [])
    assert refused.status_code == 409
    assert refused.json()["decision"]["outcome"] == "cancelled"
    assert noted["state"] == "recorded"


async def test_the_end_of_a_run_sent_again_gets_the_decision_again(world: World) -> None:
    async with world.replicas() as (replica,):
        await recorded(world, replica, created())
        world.deliver(lifecycle(Status.FAILED))
        world.deliver(lifecycle(Status.FAILED))
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 2)
    first, second = world.sent(CheckpointDecided)
    assert first == second


async def test_a_checkpoint_that_comes_after_the_end_of_its_run_is_cancelled_at_once(world: World) -> None:
    async with world.replicas() as (replica,):
        world.deliver(lifecycle(Status.CANCELLED, run=2))
        await recorded(world, replica, created())
        await world.until(lambda: len(world.sent(CheckpointDecided)) >= 1)
        await recorded(world, replica, created(run=3))
        shown = await replica.call("GET", f"/{created(run=3).checkpoint_id}")
    assert {each.outcome for each in world.sent(CheckpointDecided)} == {Outcome.CANCELLED}
    assert shown.json()["state"] == "pending"


@pytest.mark.parametrize("first", [1, 2])
async def test_a_later_ask_invalidates_the_earlier_one_in_either_order(world: World, first: int) -> None:
    earlier = checkpoint_id("job-1", 1, "write", 1)
    events = [created(), created(ask=2, supersedes=earlier)]
    async with world.replicas() as (replica,):
        for event in events if first == 1 else reversed(events):
            world.deliver(event)
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 1)
        later = (await replica.call("GET", f"/{events[1].checkpoint_id}")).json()
    (decided,) = world.sent(CheckpointDecided)
    assert (decided.checkpoint_id, decided.outcome) == (earlier, Outcome.INVALIDATED)
    assert later["state"] == "pending"


async def test_the_answer_to_a_decision_closes_its_wait_and_is_shown(world: World) -> None:
    async with world.replicas() as (replica,):
        path = await recorded(world, replica, created())
        decided = (await replica.call("POST", path)).json()
        assert f"decision:{decided['decision']['decisionId']}" in await outbox(world)
        answer = Answer(
            decision_id=decided["decision"]["decisionId"], outcome=AnswerOutcome.MOOT, reason="job cancelled"
        )
        world.deliver(lifecycle(Status.CANCELLED, answers=[answer]))
        world.deliver(created(key="later"))
        await world.until(lambda: len(world.sent(CheckpointDecided)) == 2)
        shown = (await replica.call("GET", path)).json()
        metrics = replica.service.metrics.registry
        assert metrics.get_sample_value("sluicegate_decision_resume_seconds_count") == 1
        assert metrics.get_sample_value("sluicegate_checkpoint_wait_seconds_count", {"outcome": "approved"}) == 1
    assert shown["state"] == "approved"
    assert shown["decision"]["applied"]["outcome"] == "moot"
    assert shown["decision"]["applied"]["reason"] == "job cancelled"
    assert f"decision:{decided['decision']['decisionId']}" not in await outbox(world)


async def test_an_unanswered_decision_is_sent_again_byte_for_byte(world: World) -> None:
    async with world.replicas(answer_first_seconds=0.05) as (replica,):
        path = await recorded(world, replica, created())
        await replica.call("POST", path)
        await world.until(lambda: len(world.sent(CheckpointDecided)) >= 3)
    assert len({each.to_json() for each in world.sent(CheckpointDecided)}) == 1


async def test_a_payload_that_is_not_what_its_digest_says_is_dead_lettered_and_blocks_nobody(world: World) -> None:
    async with world.replicas() as (replica,):
        world.deliver(created(payload_digest="sha256:" + "0" * 64))
        await recorded(world, replica, created(key="good"))
    letters = [
        record
        for partition in world.broker.partitions("sluicegate.dead-letter.v1")
        for record in world.broker.log(partition).records
    ]
    assert [dict(letter.headers)["dl_code"] for letter in letters] == [b"digest-mismatch"]


async def test_a_record_that_no_producer_takes_is_dead_lettered_as_far_as_it_fits(world: World) -> None:
    """G9."""
    async with world.replicas() as (replica,):
        world.broker.append(Message(CHECKPOINT_CREATED.name, created().job_id, b"x" * 5_000_000))
        await recorded(world, replica, created(key="good"))
        await world.until(lambda: len(world.broker.records(DEAD_LETTER.name)) == 1)
    (letter,) = world.broker.records(DEAD_LETTER.name)
    assert letter.header("dl_code") == b"not-json"
    assert letter.header("dl_value_bytes") == b"5000000"


async def test_what_nobody_decides_in_time_expires_on_either_of_two_replicas(world: World) -> None:
    async with world.replicas(2):
        for number in range(50):
            world.deliver(created(key=f"k{number}", expires_in_seconds=0.2))
        await world.until(lambda: len({each.checkpoint_id for each in world.sent(CheckpointDecided)}) == 50)
    decided = world.sent(CheckpointDecided)
    assert {each.outcome for each in decided} == {Outcome.EXPIRED}
    assert len({each.decision_id for each in decided}) == 50
    assert all(each.waited_ms >= 200 for each in decided)


async def test_what_waits_for_a_person_is_counted_by_how_soon_it_expires(world: World) -> None:
    metrics = Metrics()
    async with world.replicas() as (replica,):
        for number, seconds in enumerate((60.0, 1800.0, 7200.0, None)):
            await recorded(world, replica, created(job_id=f"job-{number}", expires_in_seconds=seconds))
        path = await recorded(world, replica, created(job_id="job-9", expires_in_seconds=60.0))
        assert (await replica.call("POST", path)).status_code == 200
        pending = Pending(replica.service.engine, metrics)
        await pending.look()
        value = metrics.registry.get_sample_value
        due = [value("sluicegate_approvals_due", {"within": within}) for within in ("15m", "1h", "24h")]
        assert due == [1, 2, 3]
        assert 0 < (value("sluicegate_oldest_pending_seconds") or 0) < 60
