"""GET /api/admin/insights: figures as JSON."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.domain.figures import Figures, Insights, derive
from sluicegate_insights.domain.window import WINDOWS
from sluicegate_insights.http.models import InsightsModel
from sluicegate_insights.reader import Progress, Reader
from sluicegate_kit.clock import Clock
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.query import Query, read_query
from sluicegate_schemas.job_requested import JobType

PATH = "/api/admin/insights"
MOST_TYPES = 100
"""Anybody can send any job type: the list of them must end somewhere."""


class InsightsQuery(Query):
    """Which figures."""

    window: Literal["hour", "day", "week"] = "day"
    job_type: JobType | None = None


class InsightsEndpoint:
    """What the route does."""

    def __init__(self, facts: Facts, reader: Reader, clock: Clock) -> None:
        self._facts = facts
        self._reader = reader
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """Throughput, approval waits, outcomes and what waits longest, by job type."""
        query, now = read_query(request, InsightsQuery), self._clock.now()
        found = derive(self._facts, WINDOWS[query.window], now.timestamp(), query.job_type)
        body = resource(found, self._reader.progress, now, query.job_type)
        return Response(orjson.dumps(body), media_type="application/json")


def router(endpoint: InsightsEndpoint) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["insights"])
    shown = documented(query=InsightsQuery, answer=Answer(InsightsModel))
    routes.get(PATH, summary="Figures over time", openapi_extra=shown)(endpoint.show)
    return routes


def resource(found: Insights, progress: Progress, now: datetime, job_type: str | None) -> dict[str, Any]:
    """The answer, for `orjson.dumps`."""
    seconds = found.window.slice_seconds
    return {
        "window": found.window.name,
        "start": _rfc3339(found.start),
        "sliceSeconds": seconds,
        "asOf": _rfc3339(now.timestamp()),
        "complete": progress.complete,
        "behind": progress.behind,
        **({} if job_type is None else {"jobType": job_type}),
        "total": _figures(found.total),
        "slices": [
            {"start": _rfc3339(found.start + number * seconds), **_flow(figures)}
            for number, figures in enumerate(found.slices)
        ],
        "jobTypes": [
            {"jobType": name, **_figures(figures)} for name, figures in islice(found.by_type.items(), MOST_TYPES)
        ],
        "jobTypesLeftOut": max(0, len(found.by_type) - MOST_TYPES),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    oldest = figures.oldest_at
    return {
        **_flow(figures),
        "pending": figures.pending,
        "oldestPendingAt": None if oldest is None else _rfc3339(oldest),
    }


def _flow(figures: Figures) -> dict[str, Any]:
    return {
        "ended": {status.value: number for status, number in figures.ended.items()},
        "decided": {outcome.value: number for outcome, number in figures.decided.items()},
        "wait": {
            "answers": len(figures.waits),
            "p50Seconds": figures.wait(50),
            "p95Seconds": figures.wait(95),
        },
    }


def _rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
