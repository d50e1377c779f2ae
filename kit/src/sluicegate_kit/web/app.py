"""Builds a service's public HTTP application: FastAPI's routes inside, the one wrapper around them."""

from collections.abc import Mapping, Sequence

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.table import AccessTable, shipped
from sluicegate_kit.metrics import HTTP_FAILURES, HTTP_REQUESTS, Metrics
from sluicegate_kit.tracing import Tracing
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.errors import ProblemOf
from sluicegate_kit.web.hot import Hot
from sluicegate_kit.web.openapi import describe
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.people import People
from sluicegate_kit.web.routing import RouteTable, Served

__all__ = ["Hot", "build_app"]


def build_app(
    service: str,
    *,
    identities: Identities,
    metrics: Metrics,
    routers: Sequence[APIRouter] = (),
    hot: Sequence[Hot] = (),
    pages: Sequence[PageRoute] = (),
    problems: Mapping[type[Exception], ProblemOf] | None = None,
    table: AccessTable | None = None,
    people: People | None = None,
    tracing: Tracing | None = None,
) -> Wrapper:
    """The application of `service`, whose rows in `access.toml` say who may call what.

    `problems` says what the service's own errors look like; all else is the kit's. With `people`, sessions are
    taken besides keys.

    Raises:
        RouteWithoutRow: a route is registered that has no row.
        HiddenRoute: a route can't be reached.
    """
    fastapi = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for router in routers:
        fastapi.include_router(router)
    rows = table or shipped()
    document = orjson.dumps(describe(service, fastapi.routes, hot, rows, people.cookie if people else None))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    direct: list[Hot | PageRoute] = [*hot, Hot("GET", f"/openapi/{service}.json", openapi), *pages]
    served = [Served(it.method, it.path, rows.row(service, it.method, it.path), it.endpoint) for it in direct]
    for method, path in registered(fastapi):
        served.append(Served(method, path, rows.row(service, method, path)))
    return Wrapper(
        _routes_of(fastapi),
        RouteTable(served),
        identities,
        problems=problems or {},
        seconds=metrics.histogram(HTTP_REQUESTS),
        failures=metrics.counter(HTTP_FAILURES),
        people=people,
        tracing=tracing,
    )


def registered(fastapi: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, in the order in which they match."""
    return [
        (method, context.path)
        for context in iter_route_contexts(fastapi.routes)
        for method in sorted((context.methods or set()) - {"HEAD"})
        if context.path is not None
    ]


def _routes_of(fastapi: FastAPI) -> ASGIApp:
    """FastAPI's router without its stack of middleware: the wrapper does that work, and errors must reach it."""
    inner = AsyncExitStackMiddleware(fastapi.router)

    async def routes(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = fastapi
        await inner(scope, receive, send)

    return routes
