"""The list of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.pages.live import Live
from sluicegate_api.pages.looks import STATUSES, Look
from sluicegate_api.pages.paths import JOBS, JOBS_EVENTS, JOBS_ROWS
from sluicegate_api.pages.query import JobsPageQuery, LiveQuery
from sluicegate_api.pages.rows import row
from sluicegate_api.reads.jobs import JobReads, KnownJob
from sluicegate_api.reads.tallies import TallyReads
from sluicegate_kit.clock import Clock
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.query import read_query
from sluicegate_schemas.job_lifecycle import Status

MOST_TYPES = 100
"""Job types to choose from; of more, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A status to look at, or all."""

    word: str
    look: Look | None
    href: str
    current: bool
    count: int
    """Jobs in this status, whatever else is asked for."""


class JobsPage:
    """What the routes do."""

    def __init__(self, pages: Pages, jobs: JobReads, tallies: TallyReads, live: Live, clock: Clock) -> None:
        self._pages = pages
        self._jobs = jobs
        self._tallies = tallies
        self._live = live
        self._clock = clock

    def routes(self) -> Sequence[PageRoute]:
        """The list, its news, and single rows of it."""
        return (
            PageRoute("GET", JOBS, self.show),
            PageRoute("GET", JOBS_EVENTS, self._live.list_of_jobs),
            PageRoute("GET", JOBS_ROWS, self.rows),
        )

    async def show(self, request: Request) -> Response:
        """Jobs, newest first."""
        query = read_query(request, JobsPageQuery)
        found = await self._jobs.page(query.wanted(), query.place(), query.limit)
        counts = await self._tallies.jobs()
        next_url = query.address(cursor=query.cursor_at(found.further)) if found.further else None
        return self._pages.render(
            request,
            "jobs.html",
            query=query,
            rows=[row(known, self._clock.now()) for known in found.jobs],
            tabs=tabs(query, counts),
            job_types=_types(counts, query.job_type),
            next_url=next_url,
            exhausted=found.exhausted,
            live_url=None if query.cursor else _live_url(query, found.jobs),
        )

    async def rows(self, request: Request) -> Response:
        """The rows of these jobs, as they are now."""
        known = await self._jobs.several(read_query(request, LiveQuery).ids())
        if not known:
            raise UnknownJob("of this list")
        now = self._clock.now()
        return self._pages.render(request, "job-rows.html", rows=[row(one, now) for one in known])


def tabs(query: JobsPageQuery, counts: Mapping[str, Mapping[Status, int]]) -> list[Tab]:
    """One for all, and one for each status; the counts are of the type that is asked for, if one is."""
    of_type = [counts.get(query.job_type, {})] if query.job_type else list(counts.values())
    by_status = {status: sum(one.get(status, 0) for one in of_type) for status in Status}
    whole = Tab("All", None, query.address(status=None), not query.status, sum(by_status.values()))
    return [
        whole,
        *(
            Tab(look.word, look, query.address(status=status.value), status in query.status, by_status[status])
            for status, look in STATUSES.items()
        ),
    ]


def _types(counts: Mapping[str, Mapping[Status, int]], chosen: str | None) -> list[tuple[str, str]]:
    """What to choose from, with the type that is asked for among it."""
    frequent = sorted(counts, key=lambda one: -sum(counts[one].values()))[:MOST_TYPES]
    return [("", "any"), *((one, one) for one in sorted({*frequent, *([chosen] if chosen else [])}))]


def _live_url(query: JobsPageQuery, jobs: Sequence[KnownJob]) -> str:
    first = jobs[0].job if jobs else None
    top = (first.created_at, first.job_id) if first else (datetime.min.replace(tzinfo=UTC), "")
    shown = ",".join(f"{known.job.job_id}~{known.job.entries}.{known.job.control_seq}" for known in jobs)
    return query.address(JOBS_EVENTS, shown=shown, top=query.cursor_at(top))
