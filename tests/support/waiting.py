"""Waits for a condition with a deadline; the one place where tests poll."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.02


class NeverHappened(AssertionError):
    """The condition did not become true before the deadline."""


def eventually(
    look: Callable[[], T | None], what: str, *, within_seconds: float = 60, every_seconds: float = _LOOK_SECONDS
) -> T:
    """The first result of `look` that is true (not None, False or empty).

    Raises:
        NeverHappened: with `what` was waited for and the last result.
    """
    until = time.monotonic() + within_seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise NeverHappened(f"not within {within_seconds:g} s: {what}; last seen: {found!r}")
        time.sleep(every_seconds)
