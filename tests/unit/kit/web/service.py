"""A small service for tests of the web kit: a hot route, some of FastAPI's, one that breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import httpx
import psycopg
from fastapi import APIRouter, HTTPException, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sluicegate_kit.access.table import AccessTable, parse
from sluicegate_kit.db.errors import DatabaseUnavailable
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.app import Hot, build_app
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.body import Body, read_body
from sluicegate_kit.web.documented import Answer, documented
from sluicegate_kit.web.exchange import caller, stopping
from sluicegate_kit.web.problem import Problem
from sluicegate_schemas.model import Timestamp
from tests.support.callers import bearer, one_of_each_role

ROUTES = (
    ("POST", "/things"),
    ("GET", "/things"),
    ("GET", "/things/{thingId}"),
    ("GET", "/wait"),
    ("GET", "/broken/{how}"),
)


class Part(Body):
    size_bytes: int


class Thing(Body):
    """What the hot route takes."""

    name: Annotated[str, Field(max_length=10)]
    parts: tuple[Part, ...] = ()
    made_at: Timestamp | None = None
    which: UUID | None = None


class Broken(Exception):
    """An error of the service itself."""


ERRORS: dict[str, Exception] = {
    "domain": Broken("secret-marker"),
    "unforeseen": ValueError("secret-marker"),
    "database": DatabaseUnavailable("secret-marker"),
    "connection": psycopg.OperationalError("secret-marker"),
    "framework": HTTPException(404, "secret-marker"),
    "teapot": Problem(418, "teapot", "Use a cup."),
}


def table(*routes: tuple[str, str]) -> AccessTable:
    """Rows for the routes, all for admins."""
    rows = [_row(method, path, 'roles = ["admin"]') for method, path in routes]
    return parse("\n".join([*rows, _row("GET", "/openapi/test.json", "public = true")]))


def _row(method: str, path: str, who: str) -> str:
    return f'[[route]]\nservice = "test"\nmethod = "{method}"\npath = "{path}"\n{who}'


def service(metrics: Metrics | None = None, waiting: asyncio.Event | None = None) -> Wrapper:
    """The application. `waiting` is set when somebody waits at `/wait`."""
    router = APIRouter()

    @router.get("/things")
    async def many(limit: Annotated[int, Query(ge=1)] = 5, since: datetime | None = None) -> dict[str, int]:
        return {"limit": limit}

    @router.get("/things/{thingId}")
    async def one(request: Request) -> Response:
        return JSONResponse({"thing": request.path_params["thingId"], "caller": caller(request).name})

    @router.get("/broken/{how}")
    async def broken(how: str) -> None:
        raise ERRORS[how]

    @router.get("/wait")
    async def wait(request: Request) -> Response:
        if waiting is not None:
            waiting.set()
        await asyncio.wait_for(stopping(request).wait(), 10)
        return JSONResponse({"ended": "by stopping"})

    async def make(request: Request) -> Response:
        thing = await read_body(request, Thing)
        return JSONResponse({"name": thing.name}, 202)

    return build_app(
        "test",
        identities=one_of_each_role(),
        metrics=metrics or Metrics(),
        routers=[router],
        hot=[Hot("POST", "/things", make, documented(body=Thing, answer=Answer(status=202)), "Make a thing")],
        problems={Broken: lambda error: Problem(409, "broken", "Mend it first.")},
        table=table(*ROUTES),
    )


@asynccontextmanager
async def client(app: Wrapper, name: str | None = "admin") -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, as the identity of that name; None: without a key."""
    transport = httpx.ASGITransport(app)
    headers = bearer(name) if name else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as made:
        yield made
