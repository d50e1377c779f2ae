"""An attempt frees itself: a worker that leaves circles to the garbage collector spends a sixth of its time there."""

import asyncio
import gc
from collections.abc import Iterator
from contextvars import copy_context

import pytest
from tests.unit.sdk.runs import attempt

from sluicegate import JobContext, job_handler
from sluicegate.crew import working_for
from sluicegate.memory_journal import RunRecord
from sluicegate.registry import Handler


@job_handler("asking")
async def asking(ctx: JobContext, ask: dict[str, str]) -> str:
    await ctx.step("prepare", lambda: "prepared")
    decision = await ctx.checkpoint("publish", title="Publish?", payload=ask)
    return str(decision.payload)


@job_handler("plain")
async def plain(ctx: JobContext, ask: dict[str, str]) -> str:
    return await ctx.step("prepare", lambda: "prepared")


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("handler", [asking, plain], ids=["suspended", "ended"])
@pytest.mark.usefixtures("uncollected")
def test_nothing_of_an_attempt_is_left_to_the_garbage_collector(handler: Handler) -> None:
    async def attempts() -> int:
        await attempt(handler, RunRecord(), {"text": "hello"}).execute()
        await asyncio.sleep(0)
        gc.collect()
        for _ in range(10):
            await attempt(handler, RunRecord(), {"text": "hello"}).execute()
        await asyncio.sleep(0)
        return gc.collect()

    assert asyncio.run(attempts()) < 10


def test_what_nobody_finishes_can_be_closed_elsewhere() -> None:
    """As the garbage collector does with a handler whose event loop is gone; seen in a simulated kill."""

    async def writes() -> None:
        with working_for(None):
            await asyncio.sleep(0)

    unfinished = writes()
    copy_context().run(unfinished.send, None)
    unfinished.close()
