"""Server-Sent Events (HTML standard, section 9.2): the frame of a stream, whatever flows in it."""

import asyncio
import re
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sluicegate_kit.web.documented import Header
from sluicegate_kit.web.problem import FieldError, Problem

BEGIN = b"retry: 1000\n\n"
"""A client whose connection ends comes back after a second."""
STILL_THERE = b": still there\n\n"
SIGN_OF_LIFE_SECONDS = 15.0
"""Shorter than the idle timeout of any usual proxy."""

_NUMBER = re.compile(r"[0-9]{0,18}")
LAST_EVENT_ID = Header(
    "Last-Event-ID", "go on after this one; empty: begin", {"type": "string", "pattern": f"^{_NUMBER.pattern}$"}
)


def stream(events: AsyncIterator[bytes]) -> Response:
    """The response, which nothing on the way may keep or hold back."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, 200, headers, "text/event-stream")


def event(name: str, data: str, number: int | None = None) -> bytes:
    """One event; a line break in the data would end its line."""
    lines = "".join(f"data: {line}\n" for line in re.split(r"\r\n|\r|\n", data))
    identified = "" if number is None else f"id: {number}\n"
    return f"{identified}event: {name}\n{lines}\n".encode()


def last_event_id(request: Request) -> int | None:
    """The number of the last event that the client got; None: it begins.

    Raises:
        Problem: 400 `bad-last-event-id`.
    """
    given = request.headers.get("last-event-id", "")
    if not _NUMBER.fullmatch(given):
        where = [FieldError("not an id of this stream", header="Last-Event-ID")]
        raise Problem(400, "bad-last-event-id", "Send the id of the last event that you got, or none.", errors=where)
    return int(given) if given else None


async def ring(bell: asyncio.Event, stopping: asyncio.Event, seconds: float) -> None:
    """Wait for either, at most that long."""
    waits = [asyncio.ensure_future(event.wait()) for event in (bell, stopping)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
