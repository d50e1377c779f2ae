"""A service's OpenAPI document, read strictly: an answer has no member that it does not name."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

_documents: dict[str, dict[str, Any]] = {}


def strict(document: dict[str, Any]) -> dict[str, Any]:
    """The document, its objects closed. Changes what it is given."""
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


async def holds_to_its_document(http: httpx.AsyncClient, service: str) -> None:
    """From now on, a JSON answer that `http` gets and that the document does not allow fails the test."""
    if service not in _documents:
        _documents[service] = strict((await http.get(f"/openapi/{service}.json")).json())

    async def check(response: httpx.Response) -> None:
        if "json" in response.headers.get("content-type", ""):
            await response.aread()
            _check(service, response)

    http.event_hooks["response"].append(check)


def _check(service: str, response: httpx.Response) -> None:
    request = response.request
    asked = f"{request.method} {request.url.path}"
    documented = _answers(service, request.method.lower(), request.url.path)
    if documented is None:
        return  # no such route: the refusal is nobody's
    answer = documented.get(str(response.status_code))
    assert answer is not None, f"{asked} answers {response.status_code}, which is not documented"
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in answer.get("content", {}), f"{asked} answers {media_type}, which is not documented"
    found = [error.message for error in _errors(service, answer["content"][media_type]["schema"], response.json())]
    assert not found, f"{asked}: {found}"


def _answers(service: str, method: str, path: str) -> Mapping[str, Any] | None:
    paths = _documents[service]["paths"]
    for template in sorted(paths, key=lambda each: each.count("{")):  # `…/bulk` before `…/{id}`
        if method in paths[template] and _pattern(template).fullmatch(path):
            answers: Mapping[str, Any] = paths[template][method]["responses"]
            return answers
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)))


def _errors(service: str, schema: dict[str, Any], value: object) -> Iterator[Any]:
    yield from Draft202012Validator({**schema, "components": _documents[service]["components"]}).iter_errors(value)
