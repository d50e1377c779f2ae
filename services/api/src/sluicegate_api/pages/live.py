"""Streams of news for pages: that something has changed, and the page asks for what it shows of it."""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.domain.replicas import Replica
from sluicegate_api.notices import Notices
from sluicegate_api.pages.query import LiveQuery, SeenQuery
from sluicegate_api.reads.jobs import JobReads
from sluicegate_api.reads.timeline import TimelineReads
from sluicegate_api.reads.workers import Standing, WorkerReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.web import sse
from sluicegate_kit.web.exchange import stopping
from sluicegate_kit.web.query import read_query

LOOK_SECONDS = 1.0
"""A change that another replica wrote rings no bell here."""
MOST_NEW = 100


class Live:
    """One stream for each kind of page, which says in its address what it shows: nothing that changes before the
    stream has begun is missed. A change that comes and goes between two looks is not told.
    """

    def __init__(
        self, jobs: JobReads, timeline: TimelineReads, workers: WorkerReads, notices: Notices, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._timeline = timeline
        self._workers = workers
        self._notices = notices
        self._clock = clock

    async def list_of_jobs(self, request: Request) -> Response:
        """`changed`: ids of rows that look different now; `new`: how many jobs have come above the first row."""
        query = read_query(request, LiveQuery)
        ids, wanted, above = query.ids(), query.wanted(), query.above()
        known = query.versions()
        new = 0

        async def look() -> list[bytes]:
            nonlocal known, new
            found, count = await self._jobs.versions(ids), await self._jobs.newer(wanted, above, MOST_NEW)
            changed = [job_id for job_id, version in found.items() if known.get(job_id) != version]
            news = [sse.event("changed", " ".join(changed))] if changed else []
            news += [sse.event("new", str(count))] if count != new else []
            known, new = found, count
            return news

        return sse.stream(self._news(request, look, ids))

    async def one_job(self, request: Request) -> Response:
        """`job`: anything that its page shows has changed."""
        job_id = request.path_params["jobId"]
        now = await self._timeline.version(job_id)
        if now is None:
            raise UnknownJob(job_id)
        known: str | None = read_query(request, SeenQuery).seen or now

        async def look() -> list[bytes]:
            nonlocal known
            found = await self._timeline.version(job_id)
            news = [sse.event("job", found or "")] if found != known else []
            known = found
            return news

        return sse.stream(self._news(request, look, [job_id]))

    async def fleet(self, request: Request) -> Response:
        """`fleet`: what is wanted, a replica, or the queue has changed."""
        known = read_query(request, SeenQuery).seen or fleet_version(await self._workers.standing())

        async def look() -> list[bytes]:
            nonlocal known
            found = fleet_version(await self._workers.standing())
            news = [sse.event("fleet", found)] if found != known else []
            known = found
            return news

        return sse.stream(self._news(request, look, []))

    async def _news(
        self, request: Request, look: Callable[[], Awaitable[list[bytes]]], job_ids: Sequence[str]
    ) -> AsyncIterator[bytes]:
        stop, spoke = stopping(request), self._clock.monotonic()
        yield sse.BEGIN
        with self._notices.listen(*job_ids) as bell:
            while not stop.is_set():
                bell.clear()
                if news := await look():
                    yield b"".join(news)
                elif self._clock.monotonic() - spoke >= sse.SIGN_OF_LIFE_SECONDS:
                    yield sse.STILL_THERE
                else:
                    await sse.ring(bell, stop, LOOK_SECONDS)
                    continue
                spoke = self._clock.monotonic()


def fleet_version(standing: Standing) -> str:
    """The same as long as the page would look the same, but for ages."""
    workers, now = standing.workers, standing.workers.now
    fleet = None if workers.fleet is None else (workers.fleet.version, workers.fleet.answered)
    replicas = [_replica(replica, replica.live(now)) for replica in workers.replicas]
    queue = [(depth.job_type, depth.state, depth.count) for depth in standing.queue]
    return hashlib.sha256(json.dumps([fleet, replicas, queue]).encode()).hexdigest()[:16]


def _replica(replica: Replica, live: bool) -> tuple[object, ...]:
    return replica.worker_id, replica.state, replica.slots, replica.active_jobs, replica.fleet_version, live
