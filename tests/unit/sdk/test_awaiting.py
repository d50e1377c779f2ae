"""A forgotten `await` fails the job: it must never look done, let alone approved."""

import asyncio
from typing import Any

import pytest

from sluicegate import JobContext, job_handler
from sluicegate.testing import run

Anything = dict[str, Any]


@job_handler("forgetful")
async def forgetful(ctx: JobContext, data: Anything) -> str:
    match data["what"]:
        case "step":
            ctx.step("pay", lambda: 1)  # type: ignore[unused-coroutine]
        case "checkpoint":
            ctx.checkpoint("ok", title="?", payload=1)  # type: ignore[unused-coroutine]
        case "info":
            ctx.info(key="told", title="!", payload=1)  # type: ignore[unused-coroutine]
        case "progress":
            ctx.progress(0.5)  # type: ignore[unused-coroutine]
    return "done"


@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("step", "ctx.step('pay', …)"),
        ("checkpoint", "ctx.checkpoint('ok', …)"),
        ("info", "ctx.info('told', …)"),
        ("progress", "ctx.progress(…)"),
    ],
)
def test_a_call_that_was_not_awaited_fails_the_job_for_good_and_is_named(what: str, call: str) -> None:
    outcome = run(forgetful, {"what": what})
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.retryable) == ("NeverAwaited", False)
    assert outcome.error.message == f"{call} was called without await, so nothing of it was done"
    assert outcome.attempts == 1


@job_handler("side-by-side")
async def side_by_side(ctx: JobContext, data: Anything) -> list[int]:
    first = asyncio.create_task(ctx.step("a", lambda: 1))
    rest = await asyncio.gather(ctx.step("b", lambda: 2), ctx.step("c", lambda: 3))
    given_up = asyncio.create_task(ctx.step("d", lambda: 4))
    given_up.cancel()
    return [await first, *rest]


def test_what_is_awaited_by_a_task_or_given_up_on_purpose_is_not_forgotten() -> None:
    outcome = run(side_by_side, {})
    assert (outcome.status, outcome.result) == ("succeeded", [1, 2, 3])
