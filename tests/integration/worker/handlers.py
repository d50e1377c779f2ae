"""Handlers that the worker's tests run."""

import asyncio
import threading
import time
from typing import Any

from sluicegate import JobContext, SyncJobContext, TerminalError, job_handler
from sluicegate.errors import CheckpointRejected, RetryLater

effects: list[tuple[str, Any]] = []
"""What was done outside: (job id, the approved payload)."""
calls: list[str] = []
"""Step functions and handlers, as they were really called."""
gates: dict[str, threading.Event] = {}
"""Threads wait here until a test lets them go."""


@job_handler("echo")
async def echo(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    return {"echo": given}


@job_handler("gated", version="3")
async def gated(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    async def plan() -> dict[str, Any]:
        calls.append(f"plan {ctx.job_id}")
        return {"planned": given.get("n", 0)}

    planned = await ctx.step("plan", plan)
    decision = await ctx.checkpoint("go", title="Go?", payload=planned)
    effects.append((ctx.job_id, decision.payload))
    return {"done": decision.payload}


@job_handler("polite")
async def polite(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    try:
        await ctx.checkpoint("go", title="Go?", payload=1)
    except CheckpointRejected as error:
        return {"rejected": error.reason}
    return {"rejected": None}


@job_handler("flaky")
async def flaky(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    if ctx.attempt <= given["failures"]:
        raise RuntimeError(f"attempt {ctx.attempt} fails")
    return {"attempt": ctx.attempt}


@job_handler("doomed")
async def doomed(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    raise TerminalError("there is no other way")


@job_handler("much-later")
async def much_later(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    calls.append(f"much later {ctx.job_id}")
    raise RetryLater("ask again", after_seconds=float(given["seconds"]))


@job_handler("many-steps")
async def many_steps(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    for number in range(given["steps"]):
        await ctx.step(f"{number:>200}", lambda: None)
    return {}


@job_handler("slow")
async def slow(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    calls.append(f"slow {ctx.job_id}")
    while True:
        await asyncio.sleep(0.02)
        await ctx.progress({"ticks": 1})


@job_handler("patient")
async def patient(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    calls.append(f"patient {ctx.job_id}")
    while not gate(ctx.job_id).is_set():  # noqa: ASYNC110 - the gate is a thread's
        await asyncio.sleep(0.01)
    return {}


@job_handler("threaded")
def threaded(ctx: SyncJobContext, given: dict[str, Any]) -> dict[str, Any]:
    calls.append(f"threaded {ctx.job_id}")
    gate(ctx.job_id).wait(30)
    return {"thread": True}


@job_handler("blocking")
async def blocking(ctx: JobContext, given: dict[str, Any]) -> dict[str, Any]:
    time.sleep(given["seconds"])  # noqa: ASYNC251 - what a handler must not do
    return {}


def gate(job_id: str) -> threading.Event:
    """What the handlers of this job wait for."""
    return gates.setdefault(job_id, threading.Event())
