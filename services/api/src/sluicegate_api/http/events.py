"""GET …/events: the timeline of a job as Server-Sent Events."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.http.long_poll import LOOK_AGAIN_SECONDS
from sluicegate_api.notices import Notices
from sluicegate_api.reads.timeline import TimelineReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.web import sse
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.exchange import stopping
from sluicegate_schemas.ids import JobId

AT_ONCE = 100


class EventStream:
    """Sends every entry once, in the order in which they came. The id of an event is the entry's number."""

    def __init__(self, timeline: TimelineReads, notices: Notices, clock: Clock) -> None:
        self._timeline = timeline
        self._notices = notices
        self._clock = clock

    async def endpoint(self, request: Request) -> Response:
        """The lifecycle of a job as it goes on; with `Last-Event-ID`, after that event."""
        job_id = request.path_params["jobId"]
        last = sse.last_event_id(request) or 0
        if not await self._timeline.knows(job_id):
            raise UnknownJob(job_id)
        return sse.stream(self._events(request, job_id, last))

    async def _events(self, request: Request, job_id: str, last: int) -> AsyncIterator[bytes]:
        stop = stopping(request)
        spoke = self._clock.monotonic()
        yield sse.BEGIN
        with self._notices.listen(job_id) as bell:
            while not stop.is_set():
                bell.clear()
                entries = await self._timeline.after(job_id, last, AT_ONCE)
                if entries:
                    last = entries[-1].entry
                    yield b"".join(sse.event("job-lifecycle", each.snapshot, each.entry) for each in entries)
                elif self._clock.monotonic() - spoke >= sse.SIGN_OF_LIFE_SECONDS:
                    yield sse.STILL_THERE
                else:
                    await sse.ring(bell, stop, LOOK_AGAIN_SECONDS)
                    continue
                spoke = self._clock.monotonic()


def router(stream: EventStream) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["jobs"])
    streamed = documented(path={"jobId": JobId}, headers=[sse.LAST_EVENT_ID], answer=Answer("text/event-stream"))
    routes.get(
        "/api/agent-jobs/{jobId}/events", summary="A job's lifecycle as Server-Sent Events", openapi_extra=streamed
    )(stream.endpoint)
    return routes
