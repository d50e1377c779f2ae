"""What a route says about itself in its service's OpenAPI document: all that it takes, answers and refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from sluicegate_kit.web.query import Query

JSON = "application/json"
DEFINITIONS = "$defs"
"""Where an operation keeps the schemas that it names, until `describe` puts them where the document has them."""

PROBLEM = "#/components/schemas/Problem"
PROBLEM_JSON = "application/problem+json"

_COMPONENTS = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a route takes or gives."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    always: bool = False
    """Whether every answer of this status has it, or every request needs it."""

    def to_dict(self) -> dict[str, Any]:
        """As OpenAPI has it, without its name."""
        return {"description": self.description, "required": self.always, "schema": dict(self.schema)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers when all goes well."""

    content: type[BaseModel] | str | None = None
    """A model: its JSON; a text: that media type; None: no content."""
    status: int = 200
    headers: tuple[Header, ...] = ()
    description: str = "Done"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem that a route has besides those that every route of its kind has."""

    status: int
    content: type[BaseModel] | None = None
    """A problem with members of its own."""
    headers: tuple[Header, ...] = ()


def documented(
    *,
    body: type[BaseModel] | None = None,
    body_required: bool = True,
    query: type[Query] | None = None,
    path: Mapping[str, Any] | None = None,
    headers: Sequence[Header] = (),
    answer: Answer | None = None,
    refusals: Sequence[Refusal] = (),
) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads its request itself.

    `path` gives the types of path parameters. Refusals that follow from the rest are added by `describe`.
    """
    definitions: dict[str, Any] = {}
    operation: dict[str, Any] = {
        "parameters": [
            *(_parameter(name, "path", TypeAdapter(kind).json_schema()) for name, kind in (path or {}).items()),
            *(_query_parameters(query, definitions) if query else ()),
            *({"name": header.name, "in": "header", **header.to_dict()} for header in headers),
        ],
        "responses": {str(refusal.status): _refused(refusal, definitions) for refusal in refusals},
        DEFINITIONS: definitions,
    }
    if body is not None:
        content = {JSON: {"schema": _reference(body, "validation", definitions)}}
        operation["requestBody"] = {"required": body_required, "content": content}
    if answer is not None:
        operation["responses"][str(answer.status)] = _response(answer, definitions)
    return operation


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _query_parameters(query: type[Query], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(ref_template=_COMPONENTS)
    definitions |= schema.pop("$defs", {})
    required = schema.get("required", ())
    return [
        _parameter(name, "query", _without_null(each), required=name in required)
        for name, each in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query string can't say null: such a parameter is left out."""
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    if kept.get("default", ...) is None:
        del kept["default"]
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    match choices:
        case []:
            return kept
        case [one]:
            return {**kept, **one}
        case _:
            return {**kept, "anyOf": choices}


def _response(answer: Answer, definitions: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        response["headers"] = {header.name: header.to_dict() for header in answer.headers}
    if isinstance(answer.content, str):
        response["content"] = {answer.content: {"schema": {"type": "string"}}}
    elif answer.content is not None:
        response["content"] = {JSON: {"schema": _reference(answer.content, "serialization", definitions)}}
    return response


def _refused(refusal: Refusal, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": PROBLEM} if refusal.content is None else _reference(refusal.content, "serialization", definitions)
    return {
        "description": HTTPStatus(refusal.status).phrase,
        "headers": {header.name: header.to_dict() for header in refusal.headers},
        "content": {PROBLEM_JSON: {"schema": schema}},
    }


def _reference(
    model: type[BaseModel], mode: Literal["validation", "serialization"], definitions: dict[str, Any]
) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_COMPONENTS, mode=mode)
    definitions |= schema.pop("$defs", {})
    definitions[model.__name__] = schema
    return {"$ref": _COMPONENTS.format(model=model.__name__)}
