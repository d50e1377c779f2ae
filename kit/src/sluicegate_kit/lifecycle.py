"""Starts a process's components in order, drains them in reverse, and knows which exit code that is."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

DRAINED = 0
FAILED = 1
"""A component did not start, or died."""
GRACE_EXCEEDED = 3
"""Draining took longer than the grace period, or a second signal cut it short."""

SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger(__name__)


class LifecycleError(Exception):
    """Base of what can go wrong with a component."""


class ComponentEnded(LifecycleError):
    """A component that serves until it is stopped has ended by itself."""


class Component(Protocol):
    """A part of a process that lives as long as the process does."""

    @property
    def name(self) -> str:
        """In logs."""

    async def start(self) -> None:
        """Get ready; the next component starts when this returns. Raises: the process ends."""

    async def wait(self) -> None:
        """Last until `stop` has done its work. Returning or raising before that is fatal to the process."""

    async def stop(self) -> None:
        """Drain and return. Called once, after `start`, also when `wait` has already ended."""


class Loop:
    """A component made of one coroutine that runs until it is told to stop."""

    def __init__(self, name: str, run: Callable[[], Awaitable[object]], stop: Callable[[], None] | None = None) -> None:
        """`stop` makes `run` return; without it `run` is cancelled."""
        self._name = name
        self._run = run
        self._stop = stop
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self._name

    async def start(self) -> None:
        async def run() -> None:
            await self._run()

        self._task = asyncio.create_task(run(), name=self._name)

    async def wait(self) -> None:
        assert self._task is not None
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()

    async def stop(self) -> None:
        assert self._task is not None
        if self._stop is None:
            self._task.cancel()
        else:
            self._stop()
        await asyncio.wait({self._task})


class Resource:
    """A component that only has to be opened and closed, such as a pool."""

    def __init__(
        self,
        name: str,
        *,
        opened: Callable[[], Awaitable[object]] | None = None,
        closed: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._name = name
        self._opened = opened
        self._closed = closed
        self._done = asyncio.Event()

    @property
    def name(self) -> str:
        return self._name

    async def start(self) -> None:
        if self._opened is not None:
            await self._opened()

    async def wait(self) -> None:
        await self._done.wait()

    async def stop(self) -> None:
        if self._closed is not None:
            await self._closed()
        self._done.set()


class Lifecycle:
    """One process: its components, first to last."""

    def __init__(self, components: Sequence[Component], *, grace_seconds: float = 25) -> None:
        self._components = tuple(components)
        self._grace_seconds = grace_seconds
        self._drain = asyncio.Event()
        self._hurry = asyncio.Event()
        self._started: list[Component] = []

    def drain(self) -> None:
        """What SIGTERM and SIGINT do; a second time: don't wait for anything any more."""
        if self._drain.is_set():
            self._hurry.set()
        self._drain.set()

    async def run(self) -> int:
        """Start, serve until a signal or a fatal component, drain; the exit code, one of the three above."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.drain)
        try:
            code = await self._serve()
            return await self._stop_all() or code
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)

    async def _serve(self) -> int:
        for component in self._components:
            if self._drain.is_set():
                return DRAINED
            try:
                await component.start()
            except Exception:
                log.exception("component did not start", component=component.name)
                return FAILED
            self._started.append(component)
        log.info("ready", components=[component.name for component in self._components])
        return await self._watch()

    async def _watch(self) -> int:
        drain = asyncio.create_task(self._drain.wait())
        lives = {asyncio.create_task(component.wait()): component for component in self._started}
        done, pending = await asyncio.wait({drain, *lives}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        died = [task for task in lives if task in done]
        for task in died:
            error = task.exception() or ComponentEnded("ended by itself")
            log.error("component died", component=lives[task].name, exc_info=error)
        return FAILED if died else DRAINED

    async def _stop_all(self) -> int:
        log.info("draining", grace_seconds=self._grace_seconds)
        stopping = asyncio.create_task(self._stop_each())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({stopping, hurry}, timeout=self._grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        finished = stopping.done()
        for task in (stopping, hurry):
            task.cancel()
        await asyncio.gather(stopping, hurry, return_exceptions=True)
        if finished:
            log.info("drained")
            return DRAINED
        log.error("not drained in time", left=[component.name for component in self._started])
        return GRACE_EXCEEDED

    async def _stop_each(self) -> None:
        while self._started:
            component = self._started[-1]
            try:
                await component.stop()
            except Exception:
                log.exception("component did not stop cleanly", component=component.name)
            self._started.pop()
