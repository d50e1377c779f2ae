"""Checkpoints: nothing goes on without a person, and only what was approved goes on."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel
from tests.unit.sdk.runs import attempt

from sluicegate import CheckpointExpired, CheckpointRejected, JobContext, job_handler
from sluicegate.journal import CheckpointEntry, JournaledDecision, Kind, Outcome, Risk
from sluicegate.memory_journal import RunRecord
from sluicegate.testing import Answer, edit, reject, run_async
from sluicegate_schemas.payload import digest

pytestmark = pytest.mark.anyio

Anything = dict[str, Any]


@job_handler("gated")
async def gated(ctx: JobContext, data: Anything) -> Anything:
    decision = await ctx.checkpoint("publish", title="Publish?", payload={"n": data.get("n", 1)}, risk="high")
    return {"payload": decision.payload, "edited": decision.edited, "digest": decision.digest}


async def test_without_an_answer_the_run_waits() -> None:
    outcome = await run_async(gated, {})
    assert (outcome.status, outcome.waiting_for, outcome.calls) == ("waiting", "publish", 1)
    (asked,) = outcome.checkpoints
    assert (asked.key, asked.kind, asked.title, asked.payload) == ("publish", Kind.APPROVAL, "Publish?", {"n": 1})
    assert asked.ask.risk is Risk.HIGH
    assert asked.ask.entry.payload_digest == digest(b'{"n":1}')


async def test_an_approval_gives_the_bytes_that_were_asked_about() -> None:
    outcome = await run_async(gated, {}, decisions={"publish": "approve"})
    assert outcome.result == {"payload": {"n": 1}, "edited": False, "digest": digest(b'{"n":1}')}


async def test_an_edit_gives_the_bytes_that_the_person_wrote() -> None:
    outcome = await run_async(gated, {}, decisions={"publish": edit({"n": 2})})
    assert outcome.result == {"payload": {"n": 2}, "edited": True, "digest": digest(b'{"n":2}')}


@pytest.mark.parametrize(
    ("answer", "status"), [(reject("no"), "rejected"), ("expire", "expired"), ("cancel", "cancelled")]
)
async def test_an_end_without_approval_ends_the_job_in_the_state_of_that_name(answer: Answer, status: str) -> None:
    outcome = await run_async(gated, {}, decisions={"publish": answer})
    assert (outcome.status, outcome.result, outcome.attempts) == (status, None, 1)


async def test_except_exception_swallows_neither_suspension_nor_rejection() -> None:
    went_on: list[str] = []

    @job_handler("greedy")
    async def greedy(ctx: JobContext, data: Anything) -> None:
        try:
            await ctx.checkpoint("publish", title="?", payload=1)
        except Exception:
            went_on.append("past the gate")

    assert (await run_async(greedy, {})).status == "waiting"
    assert (await run_async(greedy, {}, decisions={"publish": reject("no")})).status == "rejected"
    assert (await run_async(greedy, {}, decisions={"publish": "expire"})).status == "expired"
    assert went_on == []


async def test_a_handler_may_catch_a_rejection_by_name_and_go_on() -> None:
    @job_handler("polite")
    async def polite(ctx: JobContext, data: Anything) -> Anything:
        try:
            await ctx.checkpoint("first", title="?", payload=1)
        except CheckpointRejected as rejected:
            await ctx.step("tidy", lambda: 1)
            again = await ctx.checkpoint("second", title="?", payload=2)
            return {"because": rejected.reason, "by": list(rejected.decided_by), "then": again.payload}
        except CheckpointExpired:
            return {"because": "late"}
        return {}

    answers: dict[str, Answer] = {"first": reject("too soon"), "second": "approve"}
    outcome = await run_async(polite, {}, decisions=answers)
    assert outcome.result == {"because": "too soon", "by": ["reviewer"], "then": 2}
    assert (await run_async(polite, {}, decisions={"first": "expire"})).result == {"because": "late"}


async def test_a_payload_function_is_called_at_the_first_ask_only() -> None:
    calls: list[int] = []

    async def slow_payload() -> Anything:
        calls.append(1)
        return {"made": len(calls)}

    def quick_payload() -> int:
        calls.append(1)
        return len(calls)

    @job_handler("lazy")
    async def lazy(ctx: JobContext, data: Anything) -> Any:
        await ctx.info("note", title="!", payload=quick_payload)
        return (await ctx.checkpoint("publish", title="?", payload=slow_payload)).payload

    outcome = await run_async(lazy, {}, decisions={"publish": "approve"}, crash_after="note")
    assert outcome.result == {"made": 2}
    assert len(calls) == 2


async def test_a_payload_may_be_a_model() -> None:
    class Plan(BaseModel):
        rows: int

    @job_handler("model")
    async def model(ctx: JobContext, data: Anything) -> Any:
        return (await ctx.checkpoint("plan", title="?", payload=Plan(rows=3))).payload

    assert (await run_async(model, {}, decisions={"plan": "approve"})).result == {"rows": 3}


@pytest.mark.parametrize("where", ["checkpoint", "info"])
async def test_another_payload_on_replay_fails_the_run(where: str) -> None:
    payloads = iter([1, 2])

    @job_handler("drifting")
    async def drifting(ctx: JobContext, data: Anything) -> None:
        if where == "info":
            await ctx.info("note", title="!", payload=next(payloads))
            await ctx.checkpoint("ok", title="?", payload=0)
        else:
            await ctx.checkpoint("ok", title="?", payload=next(payloads))

    outcome = await run_async(drifting, {}, decisions={"ok": "approve"})
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.retryable) == ("JournalMismatch", False)


@pytest.mark.parametrize("second", ["step", "info", "checkpoint"])
@pytest.mark.parametrize("first", ["step", "info", "checkpoint"])
async def test_another_kind_under_a_recorded_name_fails_the_run(first: str, second: str) -> None:
    kinds = iter([first, second])

    @job_handler("drifting")
    async def drifting(ctx: JobContext, data: Anything) -> None:
        match next(kinds):
            case "step":
                await ctx.step("x", lambda: 1)
            case "info":
                await ctx.info("x", title="!", payload=1)
            case _:
                await ctx.checkpoint("x", title="?", payload=1)
        await ctx.checkpoint("ok", title="?", payload=0)

    outcome = await run_async(drifting, {}, decisions={"x": "approve"}, crash_after="x")
    if first == second:
        assert outcome.status == "waiting"
    else:
        assert outcome.error is not None
        assert outcome.error.type == "JournalMismatch"


async def test_a_recorded_entry_that_is_not_asked_for_again_fails_the_run() -> None:
    calls: list[int] = []

    @job_handler("forgetful")
    async def forgetful(ctx: JobContext, data: Anything) -> None:
        calls.append(1)
        if len(calls) == 1:
            await ctx.step("once", lambda: 1)
        await ctx.checkpoint("ok", title="?", payload=0)

    outcome = await run_async(forgetful, {}, decisions={"ok": "approve"})
    assert outcome.error is not None
    assert outcome.error.type == "JournalMismatch"
    assert "'once'" in outcome.error.message


async def test_a_payload_over_the_limit_is_refused_before_anything_is_journaled() -> None:
    @job_handler("large")
    async def large(ctx: JobContext, data: Anything) -> None:
        await ctx.checkpoint("ok", title="?", payload=data["text"])

    # In the record each quote takes two bytes.
    for text in ("x" * 512_000, '"' * 171_000):
        outcome = await run_async(large, {"text": text})
        assert outcome.error is not None
        assert (outcome.error.type, outcome.steps, outcome.checkpoints) == ("PayloadTooLarge", (), ())
    assert (await run_async(large, {"text": "x" * 511_990})).status == "waiting"


@pytest.mark.parametrize(
    "details",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"title": "\ud800"},
        {"description": "x" * 20_001},
        {"risk": "huge"},
        {"allow": ("approve",)},
        {"allow": ("approve", "reject", "maybe")},
        {"expires_in_seconds": 0},
        {"expires_in_seconds": -1},
        {"expires_in_seconds": float("nan")},
        {"view": {"at": "/x"}},
    ],
)
async def test_an_ask_that_its_contract_refuses_is_refused_before_anything_is_journaled(details: Anything) -> None:
    fields: Anything = {"title": "?", "payload": 1} | details

    @job_handler("odd")
    async def odd(ctx: JobContext, data: Anything) -> None:
        await ctx.checkpoint("ok", **fields)

    outcome = await run_async(odd, {})
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.retryable, outcome.steps) == ("InvalidAsk", False, ())


async def test_what_stands_beside_the_payload_has_a_limit_too() -> None:
    @job_handler("wordy")
    async def wordy(ctx: JobContext, data: Anything) -> None:
        await ctx.checkpoint("ok", title="?", payload=1, payload_schema={"description": "x" * 95_000})

    outcome = await run_async(wordy, {})
    assert outcome.error is not None
    assert (outcome.error.type, outcome.steps) == ("PayloadTooLarge", ())


async def test_a_decision_on_other_bytes_fails_the_run() -> None:
    record = RunRecord()
    await attempt(gated, record).execute()
    entry = record.entries["publish"]
    assert isinstance(entry, CheckpointEntry)
    decision = JournaledDecision(entry.checkpoint_id, Outcome.APPROVED, digest(b"other"))
    record.entries["publish"] = replace(entry, decision=decision)
    end = await attempt(gated, record).execute()
    assert getattr(end, "error").type == "DecisionMismatch"  # noqa: B009 - whatever it is, it must be that failure


@pytest.mark.parametrize(("outcome", "end"), [(Outcome.CANCELLED, "Cancelled"), (Outcome.INVALIDATED, "Failed")])
async def test_a_checkpoint_that_nobody_decided_lets_nothing_through(outcome: Outcome, end: str) -> None:
    record = RunRecord()
    await attempt(gated, record).execute()
    entry = record.entries["publish"]
    assert isinstance(entry, CheckpointEntry)
    record.decide("publish", JournaledDecision(entry.checkpoint_id, outcome, entry.payload_digest))
    assert type(await attempt(gated, record).execute()).__name__ == end
