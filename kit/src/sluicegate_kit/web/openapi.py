"""What a service says about its HTTP interface, with the parts that FastAPI can't know."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from sluicegate_kit.web.body import documented
from sluicegate_kit.web.hot import Hot

_PARAMETER = re.compile(r"\{([^}:]+)[^}]*\}")


class ProblemField(BaseModel):
    """One thing that is wrong with what was sent."""

    detail: str
    pointer: str | None = Field(None, description="JSON pointer into the body (RFC 6901)")
    parameter: str | None = Field(None, description="query or path parameter")
    header: str | None = None


class ProblemDocument(BaseModel):
    """`application/problem+json` (RFC 9457)."""

    type: str = Field(description="stable; what a program looks at")
    title: str
    status: int
    detail: str = Field(description="what to do about it")
    requestId: str  # noqa: N815 - as on the wire
    errors: list[ProblemField] | None = None


def describe(service: str, routes: Sequence[BaseRoute], hot: Sequence[Hot]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a service."""
    papers = APIRouter()
    for route in hot:
        papers.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            summary=route.summary or None,
            status_code=route.status,
            response_model=None,
            responses={route.status: {"model": route.response}} if route.response else None,
            openapi_extra=documented(route.body, required=route.body_required) if route.body else None,
        )
    document = get_openapi(title=f"Sluicegate {service}", version="1", routes=[*routes, *papers.routes])
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "sg_<id>_<secret>"}}
    document["security"] = [{"key": []}]
    for path, operations in document.get("paths", {}).items():
        for operation in operations.values():
            _complete(path, operation)
            for media in operation.get("requestBody", {}).get("content", {}).values():
                schemas |= media["schema"].pop("$defs", {})
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
        if name not in known
    ]
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses["default"] = {"description": "A problem", "content": content}
