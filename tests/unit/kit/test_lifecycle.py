"""A process starts its parts in order, drains them in reverse, and ends with a code that says why."""

import asyncio
import os
import signal

import pytest

from sluicegate_kit.lifecycle import DRAINED, FAILED, GRACE_EXCEEDED, Lifecycle, Loop, Resource

pytestmark = pytest.mark.anyio


class Part:
    """A component that writes down what happens to it."""

    def __init__(self, name: str, diary: list[str], *, fails: str = "") -> None:
        self.name = name
        self.diary = diary
        self.fails = fails
        self.ended = asyncio.Event()
        self.let_stop = asyncio.Event()
        if fails != "hangs":
            self.let_stop.set()

    async def start(self) -> None:
        self.diary.append(f"start {self.name}")
        if self.fails == "start":
            raise OSError("no")

    async def wait(self) -> None:
        await self.ended.wait()
        if self.fails == "dies":
            raise RuntimeError("dead")

    async def stop(self) -> None:
        self.diary.append(f"stop {self.name}")
        await self.let_stop.wait()
        if self.fails == "stop":
            raise RuntimeError("broken")


async def until(diary: list[str], entry: str) -> None:
    async with asyncio.timeout(5):
        while entry not in diary:
            await asyncio.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_in_reverse_and_exits_0(number: signal.Signals) -> None:
    diary: list[str] = []
    running = asyncio.create_task(Lifecycle([Part(name, diary) for name in "abc"]).run())
    await until(diary, "start c")
    os.kill(os.getpid(), number)
    assert await asyncio.wait_for(running, 5) == DRAINED
    assert diary == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]


async def test_what_did_not_start_ends_the_process_and_stops_what_did() -> None:
    diary: list[str] = []
    parts = [Part("a", diary), Part("b", diary, fails="start"), Part("c", diary)]
    assert await Lifecycle(parts).run() == FAILED
    assert diary == ["start a", "start b", "stop a"]


@pytest.mark.parametrize("fails", ["dies", "ends"])
async def test_a_part_that_ends_ends_the_process(fails: str) -> None:
    diary: list[str] = []
    parts = [Part("a", diary), Part("b", diary, fails=fails)]
    running = asyncio.create_task(Lifecycle(parts).run())
    await until(diary, "start b")
    parts[1].ended.set()
    assert await asyncio.wait_for(running, 5) == FAILED
    assert diary[-2:] == ["stop b", "stop a"]


async def test_a_part_that_does_not_stop_cleanly_keeps_no_other_from_stopping() -> None:
    diary: list[str] = []
    lifecycle = Lifecycle([Part("a", diary), Part("b", diary, fails="stop")])
    running = asyncio.create_task(lifecycle.run())
    await until(diary, "start b")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 5) == DRAINED
    assert diary[-1] == "stop a"


async def test_a_drain_that_takes_too_long_is_cut_short() -> None:
    diary: list[str] = []
    lifecycle = Lifecycle([Part("a", diary, fails="hangs")], grace_seconds=0.01)
    running = asyncio.create_task(lifecycle.run())
    await until(diary, "start a")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 5) == GRACE_EXCEEDED


async def test_a_second_signal_waits_for_nothing() -> None:
    diary: list[str] = []
    lifecycle = Lifecycle([Part("a", diary, fails="hangs")])
    running = asyncio.create_task(lifecycle.run())
    await until(diary, "start a")
    lifecycle.drain()
    await until(diary, "stop a")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 5) == GRACE_EXCEEDED


async def test_a_signal_during_the_start_starts_no_more() -> None:
    diary: list[str] = []

    async def signalled() -> None:
        lifecycle.drain()

    lifecycle = Lifecycle([Resource("first", opened=signalled), Part("second", diary)])
    assert await lifecycle.run() == DRAINED
    assert diary == []


async def test_a_loop_is_told_to_stop_and_waited_for() -> None:
    told, diary = asyncio.Event(), []

    async def run() -> None:
        await told.wait()
        diary.append("flushed")

    loop = Loop("loop", run, told.set)
    await loop.start()
    await loop.stop()
    await asyncio.wait_for(loop.wait(), 5)
    assert diary == ["flushed"]


async def test_a_loop_that_can_not_be_told_is_cancelled() -> None:
    loop = Loop("loop", asyncio.Event().wait)
    await loop.start()
    await loop.stop()
    await asyncio.wait_for(loop.wait(), 5)


async def test_a_loop_passes_on_what_killed_it() -> None:
    async def run() -> None:
        raise RuntimeError("dead")

    loop = Loop("loop", run)
    await loop.start()
    with pytest.raises(RuntimeError, match="dead"):
        await asyncio.wait_for(loop.wait(), 5)
    await loop.stop()
