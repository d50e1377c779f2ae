"""Loops that repeat a pass."""

import asyncio

import pytest

from sluicegate_kit.repeating import Repeating

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("turns", range(6))
async def test_a_cancellation_that_comes_with_a_wake_is_not_lost(turns: int) -> None:
    passed = asyncio.Event()

    async def once() -> None:
        passed.set()

    repeating = Repeating("test", once, seconds=60)
    running = asyncio.create_task(repeating.run())
    await passed.wait()
    await asyncio.sleep(0)
    repeating.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=5)
    running.cancel()
    assert done
