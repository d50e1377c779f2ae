"""Says where an error was raised, from the handler's first frame on: the engine's own frames help nobody."""

import asyncio
import concurrent.futures
from collections.abc import Iterator
from os import sep
from pathlib import Path
from traceback import StackSummary, TracebackException

TRACEBACK_CHARACTERS = 10_000
"""Of a longer one the beginning is left out: the end says what was raised."""

_ENGINE = tuple(f"{Path(package).parent}{sep}" for package in (__file__, asyncio.__file__, concurrent.futures.__file__))


def where_raised(error: BaseException) -> str | None:
    """The traceback as Python prints it, with what caused it; None if no frame of the handler is in it.

    It quotes source lines and the messages of errors, and no local values.
    """
    try:
        shown = TracebackException.from_exception(error)
        told = [one for one in _chain(shown) if _leave_engine_out(one)]
        text = "".join(shown.format()) if told else ""
    except Exception:
        return None  # an error that can't be printed is still an error that can be reported
    text = text.encode(errors="backslashreplace").decode().replace("\0", "\\0").rstrip("\n")
    if len(text) > TRACEBACK_CHARACTERS:
        text = "…" + text[1 - TRACEBACK_CHARACTERS :]
    return text or None


def _chain(shown: TracebackException) -> Iterator[TracebackException]:
    waiting: list[TracebackException | None] = [shown]
    while waiting:
        one = waiting.pop()
        if one is not None:
            yield one
            waiting += [one.__cause__, one.__context__, *(one.exceptions or ())]


def _leave_engine_out(shown: TracebackException) -> bool:
    """Whether frames are left."""
    shown.stack = StackSummary.from_list([frame for frame in shown.stack if not frame.filename.startswith(_ENGINE)])
    return bool(shown.stack)
