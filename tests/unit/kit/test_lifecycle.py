"""A process starts its parts in order, drains them in reverse, and ends with a code that says why."""

import asyncio
import os
import signal

import pytest

from sluicegate_kit.lifecycle import DRAINED, FAILED, GRACE_EXCEEDED, Lifecycle, Loop, Resource

pytestmark = pytest.mark.anyio


class Diary:
    """What happened, in order, for whoever waits for it."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._written = asyncio.Condition()

    async def write(self, entry: str) -> None:
        async with self._written:
            self.entries.append(entry)
            self._written.notify_all()

    async def until(self, entry: str) -> None:
        async with asyncio.timeout(20), self._written:
            await self._written.wait_for(lambda: entry in self.entries)


class Part:
    """A component that writes down what happens to it."""

    def __init__(self, name: str, diary: Diary, *, fails: str = "") -> None:
        self.name = name
        self.diary = diary
        self.fails = fails
        self.ended = asyncio.Event()
        self.let_stop = asyncio.Event()
        if fails != "hangs":
            self.let_stop.set()

    async def start(self) -> None:
        await self.diary.write(f"start {self.name}")
        if self.fails == "start":
            raise OSError("no")

    async def wait(self) -> None:
        await self.ended.wait()
        if self.fails == "dies":
            raise RuntimeError("dead")

    async def stop(self) -> None:
        await self.diary.write(f"stop {self.name}")
        await self.let_stop.wait()
        if self.fails == "stop":
            raise RuntimeError("broken")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_in_reverse_and_exits_0(number: signal.Signals) -> None:
    diary = Diary()
    running = asyncio.create_task(Lifecycle([Part(name, diary) for name in "abc"]).run())
    await diary.until("start c")
    os.kill(os.getpid(), number)
    assert await asyncio.wait_for(running, 20) == DRAINED
    assert diary.entries == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]


async def test_what_did_not_start_ends_the_process_and_stops_what_did() -> None:
    diary = Diary()
    parts = [Part("a", diary), Part("b", diary, fails="start"), Part("c", diary)]
    assert await Lifecycle(parts).run() == FAILED
    assert diary.entries == ["start a", "start b", "stop a"]


@pytest.mark.parametrize("fails", ["dies", "ends"])
async def test_a_part_that_ends_ends_the_process(fails: str) -> None:
    diary = Diary()
    parts = [Part("a", diary), Part("b", diary, fails=fails)]
    running = asyncio.create_task(Lifecycle(parts).run())
    await diary.until("start b")
    parts[1].ended.set()
    assert await asyncio.wait_for(running, 20) == FAILED
    assert diary.entries[-2:] == ["stop b", "stop a"]


async def test_a_part_that_does_not_stop_cleanly_keeps_no_other_from_stopping() -> None:
    diary = Diary()
    lifecycle = Lifecycle([Part("a", diary), Part("b", diary, fails="stop")])
    running = asyncio.create_task(lifecycle.run())
    await diary.until("start b")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 20) == DRAINED
    assert diary.entries[-1] == "stop a"


async def test_a_drain_that_takes_too_long_is_cut_short() -> None:
    diary = Diary()
    lifecycle = Lifecycle([Part("a", diary, fails="hangs")], grace_seconds=0.01)
    running = asyncio.create_task(lifecycle.run())
    await diary.until("start a")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 20) == GRACE_EXCEEDED


async def test_a_second_signal_waits_for_nothing() -> None:
    diary = Diary()
    lifecycle = Lifecycle([Part("a", diary, fails="hangs")])
    running = asyncio.create_task(lifecycle.run())
    await diary.until("start a")
    lifecycle.drain()
    await diary.until("stop a")
    lifecycle.drain()
    assert await asyncio.wait_for(running, 20) == GRACE_EXCEEDED


async def test_a_signal_during_the_start_starts_no_more() -> None:
    diary = Diary()

    async def signalled() -> None:
        lifecycle.drain()

    lifecycle = Lifecycle([Resource("first", opened=signalled), Part("second", diary)])
    assert await lifecycle.run() == DRAINED
    assert diary.entries == []


async def test_a_loop_is_told_to_stop_and_waited_for() -> None:
    told, diary = asyncio.Event(), Diary()

    async def run() -> None:
        await told.wait()
        await diary.write("flushed")

    loop = Loop("loop", run, told.set)
    await loop.start()
    await loop.stop()
    await asyncio.wait_for(loop.wait(), 20)
    assert diary.entries == ["flushed"]


async def test_a_loop_that_can_not_be_told_is_cancelled() -> None:
    loop = Loop("loop", asyncio.Event().wait)
    await loop.start()
    await loop.stop()
    await asyncio.wait_for(loop.wait(), 20)


async def test_a_loop_passes_on_what_killed_it() -> None:
    async def run() -> None:
        raise RuntimeError("dead")

    loop = Loop("loop", run)
    await loop.start()
    with pytest.raises(RuntimeError, match="dead"):
        await asyncio.wait_for(loop.wait(), 20)
    await loop.stop()
