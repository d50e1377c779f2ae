"""GET …/events: the timeline of a job as Server-Sent Events (HTML standard, section 9.2)."""

import re
from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.domain.timeline import Entry
from sluicegate_api.http.long_poll import LOOK_AGAIN_SECONDS, ring
from sluicegate_api.notices import Notices
from sluicegate_api.reads.timeline import TimelineReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.web.documented import Answer, Header, documented
from sluicegate_kit.web.exchange import stopping
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_schemas.ids import JobId

AT_ONCE = 100
SIGN_OF_LIFE_SECONDS = 15.0
"""Shorter than the idle timeout of any usual proxy."""

_NUMBER = re.compile(r"[0-9]{0,18}")
"""Empty: a reader that has got nothing yet."""


class EventStream:
    """Sends every entry once, in the order in which they came. The id of an event is the entry's number."""

    def __init__(self, timeline: TimelineReads, notices: Notices, clock: Clock) -> None:
        self._timeline = timeline
        self._notices = notices
        self._clock = clock

    async def endpoint(self, request: Request) -> Response:
        """The lifecycle of a job as it goes on; with `Last-Event-ID`, after that event."""
        job_id = request.path_params["jobId"]
        last = _last_event_id(request)
        if not await self._timeline.knows(job_id):
            raise UnknownJob(job_id)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._events(request, job_id, last), 200, headers, "text/event-stream")

    async def _events(self, request: Request, job_id: str, last: int) -> AsyncIterator[bytes]:
        stop = stopping(request)
        spoke = self._clock.monotonic()
        yield b"retry: 1000\n\n"
        with self._notices.listen(job_id) as bell:
            while not stop.is_set():
                bell.clear()
                entries = await self._timeline.after(job_id, last, AT_ONCE)
                if entries:
                    last = entries[-1].entry
                    yield b"".join(map(event, entries))
                elif self._clock.monotonic() - spoke >= SIGN_OF_LIFE_SECONDS:
                    yield b": still there\n\n"
                else:
                    await ring(bell, stop, LOOK_AGAIN_SECONDS)
                    continue
                spoke = self._clock.monotonic()


def event(entry: Entry) -> bytes:
    """One event; a line break in the data would end its line."""
    data = "".join(f"data: {line}\n" for line in re.split(r"\r\n|\r|\n", entry.snapshot))
    return f"id: {entry.entry}\nevent: job-lifecycle\n{data}\n".encode()


def router(stream: EventStream) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["jobs"])
    last = Header("Last-Event-ID", "go on after this one", {"type": "string", "pattern": f"^{_NUMBER.pattern}$"})
    streamed = documented(path={"jobId": JobId}, headers=[last], answer=Answer("text/event-stream"))
    routes.get(
        "/api/agent-jobs/{jobId}/events", summary="A job's lifecycle as Server-Sent Events", openapi_extra=streamed
    )(stream.endpoint)
    return routes


def _last_event_id(request: Request) -> int:
    given = request.headers.get("last-event-id", "")
    if not _NUMBER.fullmatch(given):
        where = [FieldError("not an id of this stream", header="Last-Event-ID")]
        raise Problem(400, "bad-last-event-id", "Send the id of the last event that you got, or none.", errors=where)
    return int(given or 0)
