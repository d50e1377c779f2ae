"""Loops: one pass, again and again, also after a pass that failed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from sluicegate_kit.db.errors import WriteError

log = structlog.get_logger(__name__)


class Repeating:
    """Calls `once` each `seconds`, and as soon as it is woken."""

    def __init__(self, name: str, once: Callable[[], Awaitable[object]], *, seconds: float) -> None:
        self._name = name
        self._once = once
        self._seconds = seconds
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Don't wait for the next pass."""
        self._woken.set()

    async def pass_once(self) -> None:
        """One pass now. If it fails, the next one makes up for it."""
        try:
            await self._once()
        except (WriteError, SQLAlchemyError, OSError) as error:
            log.warning("pass failed", loop=self._name, exc_info=error)

    async def run(self) -> None:
        """Repeat until cancelled."""
        while True:
            self._woken.clear()
            await self.pass_once()
            # Not `wait_for`: before Python 3.12 it loses a cancellation that comes together with what it waits for.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._woken.wait()
