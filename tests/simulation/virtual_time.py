"""An event loop whose clock stands still while anything is left to do, and then jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Callable

TURNS_PER_MOMENT = 20_000
"""More of them, and somebody is busy without end."""


class NothingMoves(Exception):
    """Time stands still: everybody waits and no timer is set, or somebody is busy without end."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Nothing outside can wake it: no sockets, no threads."""

    def __init__(self) -> None:
        self._virtual_seconds = 0.0
        self._turns = 0
        super().__init__(_NothingToHear(self._jump))

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self._virtual_seconds

    def _jump(self, seconds: float | None) -> None:
        if seconds is None:
            raise NothingMoves("everybody waits")
        self._turns = 0 if seconds > 0 else self._turns + 1
        if self._turns > TURNS_PER_MOMENT:
            raise NothingMoves("somebody is busy without end")
        self._virtual_seconds += max(0.0, seconds)


class _NothingToHear(selectors.DefaultSelector):
    def __init__(self, jump: Callable[[float | None], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._jump(timeout)
        return []
