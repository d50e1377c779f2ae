"""Job types for the end-to-end tests, loaded by the workers like any user's module. Their effects go to the sink."""

import asyncio
import os
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from pydantic import BaseModel

from sluicegate import Decision, JobContext, RetryPolicy, job_handler
from sluicegate_kit.crash import crash_point

QUICK = RetryPolicy(base_seconds=0.2, max_seconds=1)


class Gated(BaseModel):
    """What to say once somebody has agreed."""

    say: str
    expires_in_seconds: float | None = None
    ask_twice: bool = False


@job_handler("witness-gated", version="1", retry=QUICK)
async def gated(ctx: JobContext, ask: Gated) -> dict[str, Any]:
    """Prepare, ask, do, and maybe ask and do again."""
    prepared = await ctx.step("prepare", lambda: f"prepared {ask.say}")
    decision = await _ask(ctx, "approve", {"say": ask.say}, ask.expires_in_seconds)
    crash_point("handler.before_effect")
    await ctx.step("effect", asyncio.to_thread, send, ctx, "effect", decision)
    if ask.ask_twice:
        second = await _ask(ctx, "approve again", {"say": ask.say, "again": True}, ask.expires_in_seconds)
        await ctx.step("second effect", asyncio.to_thread, send, ctx, "second effect", second)
    return {"prepared": prepared, "said": decision.payload["say"]}


async def _ask(ctx: JobContext, key: str, payload: dict[str, Any], expires_in_seconds: float | None) -> Decision:
    return await ctx.checkpoint(
        key, title=f"May it say {payload['say']}?", payload=payload, expires_in_seconds=expires_in_seconds
    )


def send(ctx: JobContext, name: str, decision: Decision) -> None:
    """The gated effect: exactly the approved bytes, to a place that remembers."""
    headers = {
        "x-job": ctx.job_id,
        "x-run": str(ctx.run),
        "x-attempt": str(ctx.attempt),
        "x-key": ctx.idempotency_key(name),
        "x-decision": str(decision.decision_id),
        "x-process": str(os.getpid()),
        "content-type": "application/json",
    }
    with urlopen(Request(os.environ["EFFECT_SINK"], decision.payload_bytes, headers)) as answer:
        answer.read()


class Held(BaseModel):
    """Runs until the file is there."""

    until: str


@job_handler("witness-held", version="1", retry=QUICK)
async def held(ctx: JobContext, hold: Held) -> str:
    """Stay running for as long as a test wants."""
    await ctx.step("begun", lambda: "begun")
    while not Path(hold.until).exists():  # noqa: ASYNC240 - a file is what a test can make from outside
        await ctx.progress("held")
        await asyncio.sleep(0.05)
    return "released"


class Flaky(BaseModel):
    """Fails in the first runs or attempts."""

    failing_attempts: int = 0
    failing_runs: int = 0


@job_handler("witness-flaky", version="1", retry=QUICK)
async def flaky(ctx: JobContext, how: Flaky) -> int:
    """Fail so often, then succeed; gives the attempt that did."""
    if ctx.run <= how.failing_runs or ctx.attempt <= how.failing_attempts:
        raise RuntimeError(f"attempt {ctx.attempt} of run {ctx.run} fails as asked")
    return ctx.attempt


class Echo(BaseModel):
    """Anything."""

    value: Any = None


@job_handler("witness-echo", version="1")
async def echo(ctx: JobContext, what: Echo) -> Any:
    """Give back what came: the smallest job."""
    return what.value
