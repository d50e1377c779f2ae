"""Keeps the parts of the system running: what dies is started again, and said so."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Protocol

from sluicegate_dev.errors import DevError
from sluicegate_dev.processes import Child

_LOOK_SECONDS = 0.1
_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 15.0
_STABLE_SECONDS = 60.0

Say = Callable[[str, str], None]


class Part(Protocol):
    """Something that runs in a process of its own. All methods block and are called by one thread at a time."""

    @property
    def name(self) -> str:
        """As it is shown."""
        ...

    @property
    def child(self) -> Child | None:
        """Its process; None before the first start and after `stop`."""
        ...

    def start(self) -> None:
        """Starts it; raises `DevError` if it can't."""
        ...

    def stop(self) -> None:
        """Ends it and returns when it has ended."""
        ...


class Supervisor:
    """Watches any number of parts until it is cancelled."""

    def __init__(self, say: Say, changed: Callable[[], None]) -> None:
        """`changed` is called after a part has a new process."""
        self._say = say
        self._changed = changed
        self._busy: dict[str, asyncio.Lock] = {}

    async def watch(self, part: Part) -> None:
        """Starts the part again whenever it dies; longer pauses for one that dies again and again."""
        delay, started = _FIRST_DELAY_SECONDS, time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            async with self._turn(part):
                child = part.child
                if child is None or child.exit_code is None:
                    continue
                if time.monotonic() - started > _STABLE_SECONDS:
                    delay = _FIRST_DELAY_SECONDS
                ended = how_it_ended(child.exit_code)
                self._say(part.name, f"{ended}{last_words(child)}; starts again in {delay:g} s (log: {child.log})")
                await asyncio.sleep(delay)
                delay, started = min(delay * 2, _LONGEST_DELAY_SECONDS), time.monotonic()
                await self._start(part)

    async def restart(self, part: Part, reason: str) -> None:
        """Lets it drain and starts it again."""
        async with self._turn(part):
            self._say(part.name, f"{reason}; drains and starts again")
            await asyncio.to_thread(part.stop)
            await self._start(part)

    async def _start(self, part: Part) -> None:
        try:
            await asyncio.to_thread(part.start)
        except DevError as error:
            self._say(part.name, str(error))
            return
        self._changed()
        child = part.child
        self._say(part.name, f"runs again (pid {child.pid if child else '?'})")

    def _turn(self, part: Part) -> asyncio.Lock:
        return self._busy.setdefault(part.name, asyncio.Lock())


def how_it_ended(exit_code: int) -> str:
    """In words."""
    if exit_code < 0:
        return f"was killed by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"


def last_words(child: Child) -> str:
    """Why it gave up, where the last thing that it wrote is plain text, as an error is, and not a log entry."""
    line = child.log_tail(lines=1)
    gave_up = (child.exit_code or 0) > 0 and line and not line.startswith("{")
    return f": {line}" if gave_up else ""
