"""Jobs from request to end, on one replica."""

from itertools import count

import orjson
import pytest

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from tests.integration.worker import handlers
from tests.integration.worker.replica import Town

pytestmark = pytest.mark.anyio


async def test_an_ungated_job_runs_and_tells_its_end_alone(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("a", "echo", input_data={"x": 1})
        ended = await town.reaches("a", Status.SUCCEEDED)
    assert ended.result == {"echo": {"x": 1}}
    assert ended.request is None
    assert ended.worker_id == "w1"
    assert ended.started_at is not None
    assert ended.finished_at is not None
    assert [one.status for one in town.lifecycles("a")] == [Status.SUCCEEDED]


async def test_an_upstream_job_is_made_known_with_its_request_and_a_claimed_name(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.bare(jobId="b", jobType="echo", taskDescription="x", requestedBy="ana", inputData={"big": 2**70})
        ended = await town.reaches("b", Status.SUCCEEDED)
    assert ended.request is not None
    assert ended.request.requested_by == "upstream:unknown/ana"
    assert ended.request.input_data == {"big": 2**70}
    assert ended.result == {"echo": {"big": 2**70}}


async def test_the_key_that_proves_requests_is_exchanged_while_the_replica_runs(town: Town) -> None:
    """An overlap: whichever of the two the api seals with, the request is the api's own."""
    town.fleet()
    old, new = town.seals_with, (b"n" * 32,)
    numbers = count()

    async def believed() -> bool:
        job_id = f"sealed-{next(numbers)}"
        town.submit(job_id, "echo")
        return (await town.reaches(job_id, Status.SUCCEEDED)).request is None

    async with town.replica():
        town.seals_with = new
        assert not await believed()
        (town.folder / "mac").write_bytes(b"\n".join(old + new))
        await town.until(believed, "the new key is known")
        town.seals_with = old
        assert await believed()
        (town.folder / "mac").write_bytes(b"\n".join(new))

        async def refused() -> bool:
            return not await believed()

        await town.until(refused, "the old key is forgotten")


async def test_a_gated_job_waits_for_nothing_but_its_decision(town: Town) -> None:
    town.fleet()
    async with town.replica() as service:
        town.submit("c", "gated", input_data={"n": 7})
        asked = await town.asks("c")
        waiting = await town.reaches("c", Status.WAITING)
        assert waiting.waiting_for == [asked.checkpoint_id]
        assert waiting.steps is not None
        assert [step.name for step in waiting.steps] == ["plan", "go"]
        assert asked.payload == '{"planned":7}'
        assert asked.requested_by == "ana"
        assert asked.handler_version == "3"
        await town.until(lambda: not service.claims.held, "the slot is free")
        decision = town.decide(asked)
        ended = await town.reaches("c", Status.SUCCEEDED)
    assert ended.result == {"done": {"planned": 7}}
    told = [answer for one in town.lifecycles("c") for answer in one.answers or ()]
    assert [(answer.decision_id, answer.outcome) for answer in told] == [(decision.decision_id, AnswerOutcome.APPLIED)]
    assert handlers.calls.count("plan c") == 1
    assert [payload for job, payload in handlers.effects if job == "c"] == [{"planned": 7}]
    assert await town.rows("SELECT 1 FROM outbox WHERE answer_key IS NOT NULL") == []


async def test_an_edited_payload_is_what_runs(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("d", "gated")
        town.decide(await town.asks("d"), edited='{"planned": 99}')
        ended = await town.reaches("d", Status.SUCCEEDED)
    assert ended.result == {"done": {"planned": 99}}


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.REJECTED, Status.REJECTED), (Outcome.EXPIRED, Status.EXPIRED)]
)
async def test_a_rejected_or_expired_checkpoint_ends_the_job_in_the_state_of_that_name(
    town: Town, outcome: Outcome, status: Status
) -> None:
    town.fleet()
    async with town.replica():
        town.submit("e", "gated")
        town.decide(await town.asks("e"), outcome)
        ended = await town.reaches("e", status)
    assert ended.error is not None
    assert not any(job == "e" for job, _ in handlers.effects)


async def test_a_handler_may_go_on_after_a_rejection_by_name(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("f", "polite")
        town.decide(await town.asks("f"), Outcome.REJECTED)
        ended = await town.reaches("f", Status.SUCCEEDED)
    assert ended.result == {"rejected": "because"}


async def test_a_failed_attempt_is_tried_again_after_a_while(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("g", "flaky", input_data={"failures": 2})
        ended = await town.reaches("g", Status.SUCCEEDED)
    assert ended.attempt == 3
    assert ended.result == {"attempt": 3}
    queued = [one for one in town.lifecycles("g") if one.status is Status.QUEUED]
    assert [one.attempt for one in queued] == [2, 3]
    assert all(one.error is not None and one.error.retryable for one in queued)


async def test_a_job_that_keeps_failing_fails_after_its_attempts(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("h", "flaky", input_data={"failures": 9}, max_attempts=2)
        ended = await town.reaches("h", Status.FAILED)
    assert ended.attempt == 2
    assert ended.error is not None
    assert ended.error.type == "RuntimeError"


async def test_a_terminal_error_is_not_tried_again(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("i", "doomed")
        ended = await town.reaches("i", Status.FAILED)
    assert ended.attempt == 1
    assert ended.error is not None
    assert not ended.error.retryable


async def test_a_plain_function_runs_in_a_thread(town: Town) -> None:
    town.fleet()
    handlers.gate("j").set()
    async with town.replica():
        town.submit("j", "threaded")
        ended = await town.reaches("j", Status.SUCCEEDED)
    assert ended.result == {"thread": True}


async def test_a_run_that_takes_its_time_says_that_it_is_running(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("k", "patient", sealed=False)
        running = await town.reaches("k", Status.RUNNING)
        assert running.request is not None
        handlers.gate("k").set()
        await town.reaches("k", Status.SUCCEEDED)
    assert [one.status for one in town.lifecycles("k")] == [Status.RUNNING, Status.SUCCEEDED]


async def test_five_hundred_jobs_end_once_each_on_three_slots(town: Town) -> None:
    town.fleet()
    for number in range(500):
        town.submit(f"job-{number}", "echo", priority=1 + number % 10)
    async with town.replica(max_concurrent_jobs=3):
        await town.until(lambda: _all_ended(town, 500), "all end")
    rows = await town.rows("SELECT status, lease_no, count(*) FROM runs GROUP BY 1, 2")
    assert [(row["status"], row["lease_no"], row["count"]) for row in rows] == [("succeeded", 1, 500)]


async def _all_ended(town: Town, number: int) -> bool:
    return await town.ended() == number


@pytest.mark.parametrize("seconds", [1.8e12, "1e400", "-1e400", "nan", -5])
async def test_a_retry_at_no_possible_time_is_one_at_a_possible_time(town: Town, seconds: float | str) -> None:
    """Such as a `Retry-After` in milliseconds since 1970. The run was given back and executed again for ever."""
    town.fleet()
    async with town.replica():
        town.submit("m", "much-later", input_data={"seconds": seconds}, max_attempts=2)
        await town.until(lambda: any(one.attempt == 2 for one in town.lifecycles("m")), "the attempt is counted")


async def test_the_end_of_a_run_of_many_steps_fits_into_its_event(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("n", "many-steps", input_data={"steps": 500})
        ended = await town.reaches("n", Status.SUCCEEDED)
    assert ended.steps is not None
    assert (
        len(orjson.dumps([step.model_dump(mode="json", by_alias=True, exclude_none=True) for step in ended.steps]))
        <= 65_000
    )
    assert ended.steps[-1].name.endswith("499"), "the newest are told"
