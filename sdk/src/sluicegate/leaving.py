"""Catches whatever leaves a handler, so that not even `SystemExit` ends the worker's event loop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Left:
    """How a handler's function ended: with a value or with an error."""

    value: Any = None
    error: BaseException | None = None


async def leaving_async(fn: Callable[..., Awaitable[Any]], *args: Any) -> Left:
    """Call an `async def` handler."""
    try:
        return Left(await fn(*args))
    except BaseException as error:
        return Left(error=error)


def leaving(fn: Callable[..., Any], *args: Any) -> Left:
    """Call a plain `def` handler."""
    try:
        return Left(fn(*args))
    except BaseException as error:
        return Left(error=error)
