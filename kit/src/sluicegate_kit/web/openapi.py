"""Builds what a service says about its HTTP interface (OpenAPI 3.1)."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.routing import iter_route_contexts
from pydantic import Field
from starlette.routing import BaseRoute

from sluicegate_kit.access.table import AccessTable
from sluicegate_kit.web.documented import DEFINITIONS, Header, Refusal, documented
from sluicegate_kit.web.hot import Hot
from sluicegate_kit.web.session_cookie import SessionCookie
from sluicegate_kit.web.shape import Shape

_PARAMETER = re.compile(r"\{([^}:]+)[^}]*\}")

REQUEST_ID = Header("X-Request-Id", "of this request, as in the service's log", always=True)
CHALLENGE = Header("WWW-Authenticate", "how to prove who calls (RFC 9110, section 11.6.1)", always=True)
RETRY_AFTER = Header("Retry-After", "seconds", {"type": "integer", "minimum": 0}, always=True)
_ALWAYS = {401: (CHALLENGE,), 503: (RETRY_AFTER,)}


class ProblemField(Shape):
    """One thing that is wrong with what was sent."""

    detail: str
    pointer: str | None = Field(None, description="JSON pointer into the body (RFC 6901)")
    parameter: str | None = Field(None, description="query or path parameter")
    header: str | None = None


class Problem(Shape):
    """`application/problem+json` (RFC 9457); some types of problem have members of their own besides."""

    type: str = Field(description="stable; what a program looks at", json_schema_extra={"format": "uri"})
    title: str
    status: int
    detail: str = Field(description="what to do about it")
    request_id: str
    errors: list[ProblemField] | None = None


@dataclass(frozen=True, slots=True)
class _Paper:
    """One operation of the document, before what follows from the rest is added."""

    method: str
    path: str
    summary: str | None
    description: str
    tags: Sequence[str | object]
    operation: Mapping[str, Any]


def describe(
    service: str,
    routes: Sequence[BaseRoute],
    hot: Sequence[Hot],
    table: AccessTable,
    cookie: SessionCookie | None = None,
) -> dict[str, Any]:
    """The document of a service, whose rows in the table say which routes need a key.

    `cookie` is what a session travels in, where people may call with one instead.
    """
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for paper in (*_of_framework(routes), *map(_of_hot, hot)):
        public = table.row(service, paper.method, paper.path).public
        operation = _complete(paper, public=public)
        _hoist(operation.pop(DEFINITIONS, {}), schemas)
        paths.setdefault(paper.path, {})[paper.method.lower()] = operation
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    _hoist(problem.pop("$defs") | {"Problem": problem}, schemas)
    schemes: dict[str, Any] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "sg_<id>_<secret>"}}
    if cookie is not None:
        schemes["session"] = {"type": "apiKey", "in": "cookie", "name": cookie.name}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Sluicegate {service}", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": schemes},
        "security": [{scheme: []} for scheme in schemes],
    }


def _of_framework(routes: Sequence[BaseRoute]) -> Iterable[_Paper]:
    for route in iter_route_contexts(routes):
        if route.path is None or not getattr(route, "include_in_schema", False):
            continue
        for method in sorted((route.methods or set()) - {"HEAD"}):
            operation = route.openapi_extra or documented()
            yield _Paper(method, route.path, route.summary, _words(route.endpoint), route.tags, operation)


def _of_hot(route: Hot) -> _Paper:
    return _Paper(route.method, route.path, route.summary, _words(route.endpoint), route.tags, route.operation)


def _words(endpoint: Callable[..., Any] | None) -> str:
    spoken = endpoint if endpoint is None or inspect.isroutine(endpoint) else type(endpoint).__call__
    return inspect.getdoc(spoken) or ""


def _complete(paper: _Paper, *, public: bool) -> dict[str, Any]:
    given = {name: value for name, value in paper.operation.items() if name not in ("parameters", "responses")}
    parameters = list(paper.operation.get("parameters", ()))
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(paper.path)
        if name not in known
    ]
    refusals = _refusals(parameters, takes_body="requestBody" in given, public=public)
    usual = documented(refusals=[Refusal(status, headers=_ALWAYS.get(status, ())) for status in refusals])
    responses = dict(sorted({**usual["responses"], **paper.operation.get("responses", {})}.items()))
    for response in responses.values():
        response["headers"] = {REQUEST_ID.name: REQUEST_ID.to_dict(), **response.get("headers", {})}
    operation: dict[str, Any] = {
        "operationId": _operation_id(paper),
        "summary": paper.summary,
        "description": paper.description,
        "tags": list(paper.tags),
        "parameters": parameters,
        **given,
        "responses": responses,
    }
    if public:
        operation["security"] = []
    return {name: value for name, value in operation.items() if value or name == "security"}


def _refusals(parameters: Sequence[Mapping[str, Any]], *, takes_body: bool, public: bool) -> Iterable[int]:
    """What a route may refuse, as follows from what it takes; 405 is for what the document doesn't have."""
    places = {parameter["in"] for parameter in parameters}
    yield 400
    if not public:
        yield from (401, 403, 503)
    if "path" in places:
        yield 404
    if takes_body:
        yield from (413, 415)
    if takes_body or "query" in places:
        yield 422


def _operation_id(paper: _Paper) -> str:
    """From method and path: unique, and the same for as long as they are."""
    words = re.findall(r"[A-Za-z]+", paper.path)
    return "-".join([paper.method.lower(), *(word.lower() for word in words)])


def _hoist(found: Mapping[str, Any], schemas: dict[str, Any]) -> None:
    for name, schema in found.items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two schemas of one document are called {name}")
