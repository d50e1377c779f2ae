"""Cancel, retry and report in every state, and what duplicates get."""

import pytest

from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_schemas.topics import JOB_CONTROL
from tests.integration.worker import handlers
from tests.integration.worker.replica import Town

pytestmark = pytest.mark.anyio


def answers(town: Town, job_id: str, control_id: object) -> list[tuple[AnswerOutcome, str | None]]:
    return [
        (answer.outcome, answer.reason)
        for one in town.lifecycles(job_id)
        for answer in one.answers or ()
        if answer.control_id == control_id
    ]


async def cancelled_while_it_waits(town: Town, job_id: str) -> CheckpointCreated:
    """What the job has asked."""
    town.submit(job_id, "gated")
    asked = await town.asks(job_id)
    town.control(job_id, Action.CANCEL)
    await town.reaches(job_id, Status.CANCELLED)
    return asked


async def test_a_queued_run_is_cancelled_without_calling_its_handler(town: Town) -> None:
    async with town.replica(idle=True):
        town.submit("a", "patient")
        await town.reaches("a", Status.QUEUED)
        control = town.control("a", Action.CANCEL)
        await town.reaches("a", Status.CANCELLED)
    assert answers(town, "a", control) == [(AnswerOutcome.APPLIED, None)]
    assert "patient a" not in handlers.calls


async def test_a_waiting_run_is_cancelled_at_once_and_waits_for_its_checkpoint_to_be_closed(town: Town) -> None:
    town.fleet()
    async with town.replica():
        asked = await cancelled_while_it_waits(town, "b")
        waits = await town.rows("SELECT topic FROM outbox WHERE answer_key = %s", f"checkpoint:{asked.checkpoint_id}")
        assert {row["topic"] for row in waits} >= {"sluicegate.job-lifecycle.v1"}
        decision = town.decide(asked, Outcome.CANCELLED)
        await town.until(
            lambda: any(
                answer.decision_id == decision.decision_id and answer.outcome is AnswerOutcome.MOOT
                for one in town.lifecycles("b")
                for answer in one.answers or ()
            )
        )
        assert await town.rows("SELECT 1 FROM outbox WHERE answer_key IS NOT NULL") == []


async def test_that_a_checkpoint_of_an_earlier_run_is_recorded_does_not_end_the_wait_for_its_closing(
    town: Town,
) -> None:
    town.fleet()
    async with town.replica():
        first = await cancelled_while_it_waits(town, "again")
        town.control("again", Action.RETRY)
        second = await town.asks("again", count=2)
        for asked in (first, second):
            town.send(CheckpointRecorded(checkpoint_id=asked.checkpoint_id, job_id="again", at=asked.at))

        async def waits() -> set[str]:
            rows = await town.rows("SELECT answer_key FROM outbox WHERE answer_key IS NOT NULL")
            return {row["answer_key"] for row in rows}

        async def over() -> bool:
            return f"checkpoint:{second.checkpoint_id}" not in await waits()

        await town.until(over)
        assert await waits() == {f"checkpoint:{first.checkpoint_id}"}


@pytest.mark.parametrize("job_type", ["slow", "patient"])
async def test_a_running_handler_is_told_of_a_cancel(town: Town, job_type: str) -> None:
    town.fleet()
    async with town.replica():
        town.submit("c", job_type)
        await town.reaches("c", Status.RUNNING)
        control = town.control("c", Action.CANCEL)
        await town.reaches("c", Status.CANCELLED)
    assert answers(town, "c", control) == [(AnswerOutcome.APPLIED, None)]


async def test_a_plain_handler_that_returns_first_wins_over_a_cancel(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("d", "threaded")
        await town.reaches("d", Status.RUNNING)
        control = town.control("d", Action.CANCEL)

        async def flagged() -> bool:
            return (await town.run("d"))["cancel_control"] is not None

        await town.until(flagged)
        handlers.gate("d").set()
        await town.reaches("d", Status.SUCCEEDED)
    assert answers(town, "d", control) == [(AnswerOutcome.REFUSED, "already finished")]


async def test_a_retry_starts_the_next_run_and_keeps_the_one_before(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("e", "gated")
        first = await town.asks("e")
        town.decide(first, Outcome.REJECTED)
        await town.reaches("e", Status.REJECTED)
        control = town.control("e", Action.RETRY, run=1)
        second = await town.asks("e", count=2)
        assert second.run == 2
        assert second.checkpoint_id != first.checkpoint_id
        town.decide(second)
        ended = await town.reaches("e", Status.SUCCEEDED, run=2)
    assert answers(town, "e", control) == [(AnswerOutcome.APPLIED, None)]
    assert ended.attempt == 1
    seqs = [one.seq for one in town.lifecycles("e")]
    assert seqs == sorted(set(seqs))
    (past,) = await town.rows("SELECT run, status FROM past_runs")
    assert (past["run"], past["status"]) == (1, "rejected")


async def test_a_control_of_an_unknown_job_waits_for_its_request(town: Town) -> None:
    town.fleet()
    async with town.replica():
        control = town.control("f", Action.CANCEL)

        async def kept() -> bool:
            return len(await town.rows("SELECT 1 FROM controls")) == 1

        await town.until(kept)
        town.submit("f", "echo", sealed=False)
        ended = await town.reaches("f", Status.CANCELLED)
    assert ended.request is not None
    assert answers(town, "f", control) == [(AnswerOutcome.APPLIED, None)]


async def test_a_duplicate_control_gets_the_same_answer_and_an_older_one_is_superseded(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("g", "echo")
        await town.reaches("g", Status.SUCCEEDED)
        late = town.control("g", Action.CANCEL, seq=5)
        old = town.control("g", Action.RETRY, seq=4)
        await town.until(lambda: bool(answers(town, "g", old)))
        town.repeat(JOB_CONTROL)
        await town.until(lambda: len(answers(town, "g", old)) == 2)
    assert answers(town, "g", late) == [(AnswerOutcome.REFUSED, "already finished")] * 2
    assert answers(town, "g", old) == [(AnswerOutcome.REFUSED, "superseded")] * 2
    assert (await town.run("g"))["run"] == 1


async def test_a_report_tells_the_state_the_request_and_the_checkpoints_again(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("h", "gated")
        first = await town.asks("h")
        control = town.control("h", Action.REPORT)
        again = await town.asks("h", count=2)
        assert again == first
        await town.until(lambda: answers(town, "h", control) == [(AnswerOutcome.APPLIED, None)])
    told = town.lifecycles("h")[-1]
    assert told.status is Status.WAITING
    assert told.request is not None
    assert told.request.requested_by == "ana"


async def test_a_report_of_every_job_tells_each(town: Town) -> None:
    town.fleet()
    async with town.replica():
        for number in range(5):
            town.submit(f"job-{number}", "echo")
            await town.reaches(f"job-{number}", Status.SUCCEEDED)
        control = town.control("*", Action.REPORT)
        await town.until(lambda: all(answers(town, f"job-{number}", control) for number in range(5)))

        async def over() -> bool:
            return await town.rows("SELECT 1 FROM report_sweeps") == []

        await town.until(over)


async def test_a_stopped_fleet_claims_nothing_and_a_started_one_goes_on(town: Town) -> None:
    town.fleet()
    async with town.replica():
        town.submit("running", "patient")
        await town.reaches("running", Status.RUNNING)
        town.fleet(Desired.STOPPED, 2)
        await town.until(lambda: any(one.fleet_version == 2 for one in town.statuses()))
        town.submit("later", "echo")
        await town.reaches("later", Status.QUEUED)
        handlers.gate("running").set()
        await town.reaches("running", Status.SUCCEEDED)
        assert (await town.run("later"))["status"] == "queued"
        town.fleet(Desired.STARTED, 1)
        town.fleet(Desired.STARTED, 3)
        await town.reaches("later", Status.SUCCEEDED)
