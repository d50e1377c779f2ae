"""Steps: done once, replayed by name."""

import asyncio
from typing import Any

import pytest
from tests.unit.sdk.runs import attempt

from sluicegate import JobContext, SyncJobContext, job_handler
from sluicegate.memory_journal import RunRecord
from sluicegate.testing import run_async

pytestmark = pytest.mark.anyio

Anything = dict[str, Any]


async def test_a_step_is_done_once_however_often_the_handler_is_called() -> None:
    done: list[str] = []

    def do(name: str, result: int) -> int:
        done.append(name)
        return result

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> Anything:
        first = await ctx.step("first", do, "first", 1)
        await ctx.checkpoint("ok", title="Go on?", payload=first)
        second = await ctx.step("second", do, "second", 2)
        return {"sum": first + second}

    outcome = await run_async(handler, {}, decisions={"ok": "approve"})
    assert (outcome.status, outcome.result, outcome.calls) == ("succeeded", {"sum": 3}, 2)
    assert done == ["first", "second"]


async def test_a_step_may_be_a_plain_function_a_coroutine_function_or_a_lambda_with_arguments() -> None:
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> int:
        return await ctx.step("a", add, 1, b=2) + await ctx.step("b", max, 3, 4)

    assert (await run_async(handler, {})).result == 7


async def test_a_result_is_the_same_when_it_is_new_and_when_it_is_replayed() -> None:
    seen: list[Any] = []

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        seen.append(await ctx.step("pair", lambda: (1, 2**60)))
        await ctx.checkpoint("ok", title="?", payload=None)

    await run_async(handler, {}, decisions={"ok": "approve"})
    assert seen == [[1, 2**60], [1, 2**60]]


async def test_a_step_that_gives_nothing_is_recorded_too() -> None:
    done: list[int] = []

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step("nothing", done.append, 1)
        await ctx.checkpoint("ok", title="?", payload=None)

    assert (await run_async(handler, {}, decisions={"ok": "approve"})).status == "succeeded"
    assert done == [1]


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b")])
async def test_steps_run_concurrently_and_replay_in_any_order(order: tuple[str, ...]) -> None:
    calls: list[str] = []
    orders = iter([order, tuple(reversed(order))])

    async def work(name: str) -> str:
        calls.append(name)
        await asyncio.sleep(0)
        return name.upper()

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> list[str]:
        results = await asyncio.gather(*(ctx.step(name, work, name) for name in next(orders)))
        await ctx.checkpoint("ok", title="?", payload=sorted(results))
        return sorted(results)

    outcome = await run_async(handler, {}, decisions={"ok": "approve"})
    assert outcome.result == ["A", "B", "C"]
    assert sorted(calls) == ["a", "b", "c"]


async def test_a_name_used_twice_fails_the_job_for_good() -> None:
    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step("same", lambda: 1)
        await ctx.info("same", title="?", payload=1)

    outcome = await run_async(handler, {})
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.retryable, outcome.attempts) == ("DuplicateKey", False, 1)


async def test_a_name_used_twice_at_the_same_time_is_noticed_before_the_second_is_done() -> None:
    done: list[int] = []

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await asyncio.gather(*(ctx.step("same", done.append, n) for n in range(2)))

    outcome = await run_async(handler, {})
    assert outcome.error is not None
    assert outcome.error.type == "DuplicateKey"
    assert done == [0]


@pytest.mark.parametrize("name", ["", "x" * 201, "a\0b", "\ud800", 7, None])
async def test_a_name_that_names_nothing_is_refused(name: Any) -> None:
    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step(name, lambda: 1)

    outcome = await run_async(handler, {})
    assert outcome.error is not None
    assert outcome.error.type == "InvalidName"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({1, 2}, "UnencodableValue"),
        (float("nan"), "UnencodableValue"),
        (b"bytes", "UnencodableValue"),
        ("a\0b", "UnencodableValue"),
        ("\ud800", "UnencodableValue"),
        ({1: "x"}, "UnencodableValue"),
        ("x" * 256_000, "PayloadTooLarge"),
    ],
)
async def test_a_result_that_cannot_be_kept_fails_the_job_and_records_nothing(value: Any, error: str) -> None:
    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step("bad", lambda: value)

    @job_handler("result")
    async def whole(ctx: JobContext, data: Anything) -> Any:
        return value

    for one in (handler, whole):
        outcome = await run_async(one, {})
        assert outcome.error is not None
        assert (outcome.error.type, outcome.error.retryable, outcome.steps) == (error, False, ())


async def test_a_step_that_raises_records_nothing_and_is_done_again_by_the_next_attempt() -> None:
    tries: list[int] = []

    def flaky() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("not yet")
        return "done"

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> str:
        return await ctx.step("flaky", flaky)

    outcome = await run_async(handler, {})
    assert (outcome.status, outcome.result, outcome.attempts) == ("succeeded", "done", 3)


@pytest.mark.parametrize("crash_after", ["a", 1, "b", 2, "note", 3, "ok", 4, "c", 5])
async def test_a_crash_after_any_write_changes_nothing_but_the_number_of_calls(crash_after: str | int) -> None:
    done: list[str] = []

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> list[str]:
        await ctx.step("a", done.append, "a")
        await ctx.step("b", done.append, "b")
        await ctx.info("note", title="So far", payload={"done": 2})
        decision = await ctx.checkpoint("ok", title="?", payload={"all": True})
        await ctx.step("c", done.append, "c")
        return [*done, decision.outcome]

    outcome = await run_async(handler, {}, decisions={"ok": "approve"}, crash_after=crash_after)
    assert outcome.result == ["a", "b", "c", "approved"]
    assert len(outcome.checkpoints) == 2
    assert outcome.attempts == (1 if crash_after in ("ok", 4) else 2)


async def test_an_idempotency_key_is_the_same_in_every_attempt_and_differs_by_name_job_and_run() -> None:
    keys: list[str] = []

    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        keys.append(ctx.idempotency_key("a"))
        await ctx.step("a", lambda: 1)
        await ctx.checkpoint("ok", title="?", payload=ctx.idempotency_key("b"))

    await run_async(handler, {}, decisions={"ok": "approve"}, crash_after="a")
    assert len(keys) == 3
    assert len(set(keys)) == 1
    await run_async(handler, {}, job_id="other")
    assert len(set(keys)) == 2


async def test_the_context_of_a_plain_function_does_the_same() -> None:
    async def later() -> int:
        await asyncio.sleep(0)
        return 2

    @job_handler("steps")
    def handler(ctx: SyncJobContext, data: Anything) -> Anything:
        total = ctx.step("a", lambda: 1) + ctx.step("b", later)
        ctx.progress({"total": total})
        ctx.info("note", title="!", payload=total)
        decision = ctx.checkpoint("ok", title="?", payload=lambda: {"total": total})
        return {"approved": decision.payload, "by": list(decision.decided_by)}

    outcome = await run_async(handler, {}, decisions={"ok": "approve"}, crash_after="b")
    assert outcome.result == {"approved": {"total": 3}, "by": ["reviewer"]}
    assert outcome.progress == {"total": 3}
    assert (outcome.steps, outcome.attempts, outcome.calls) == (("a", "b", "note", "ok"), 2, 3)


async def test_a_handler_knows_its_run() -> None:
    @job_handler("facts")
    async def handler(ctx: JobContext, data: Anything) -> list[Any]:
        ctx.log.info("working")
        return [ctx.job_id, ctx.run, ctx.attempt, ctx.requested_by, ctx.workspace.is_dir()]

    assert (await run_async(handler, {}, job_id="j")).result == ["j", 1, 1, "tester", True]


async def test_an_attempt_tells_what_came_from_the_journal_from_what_it_did() -> None:
    @job_handler("steps")
    async def handler(ctx: JobContext, data: Anything) -> None:
        await ctx.step("first", int)
        await ctx.info("note", title="!", payload=1)
        await ctx.step("second", int)

    record = RunRecord()
    before = attempt(handler, record)
    await before.execute()
    assert [step.replayed for step in before.steps] == [None, None, None]
    again = attempt(handler, RunRecord(entries={name: record.entries[name] for name in ("first", "note")}))
    await again.execute()
    assert [(step.name, step.replayed) for step in again.steps] == [("first", True), ("note", True), ("second", None)]
