"""The page: figures of a window, of all job types or of one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.domain.figures import derive
from sluicegate_insights.domain.window import WINDOWS
from sluicegate_insights.http.insights import InsightsQuery
from sluicegate_insights.pages import view
from sluicegate_insights.reader import Reader
from sluicegate_kit.clock import Clock
from sluicegate_kit.pages.form import BLANK_IS_NONE
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.query import read_query
from sluicegate_schemas.job_requested import JobType

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "decided": view.decided,
    "lasting": view.lasting,
    "moment": view.moment,
    "share": view.share,
}
"""What the template can call besides what every template knows."""


class PageQuery(InsightsQuery):
    """As the API, with what browsers send of fields left blank."""

    job_type: Annotated[JobType | None, BLANK_IS_NONE] = None


class InsightsPage:
    """One route."""

    def __init__(self, pages: Pages, facts: Facts, reader: Reader, clock: Clock) -> None:
        self._pages = pages
        self._facts = facts
        self._reader = reader
        self._clock = clock

    def routes(self) -> Sequence[PageRoute]:
        """The page."""
        return (PageRoute("GET", view.PAGE, self.show),)

    async def show(self, request: Request) -> Response:
        """The page; for htmx, what changes on it."""
        query = read_query(request, PageQuery)
        found = derive(self._facts, WINDOWS[query.window], self._clock.now().timestamp(), query.job_type)
        shown = view.view(found, self._reader.progress, query.job_type)
        return self._pages.render(request, "insights.html", block="figures", view=shown, ends=view.ENDS)
