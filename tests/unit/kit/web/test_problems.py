"""Whatever a caller sends is answered by a 2xx or a problem of the 4xx kind, and by nothing else."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.unit.kit.web.service import client, service

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
NAMED = b'{"name": "a"'


def expect(response: Response, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"] == f"https://sluicegate.dev/problems/{slug}"
    assert document["status"] == status
    assert document["title"]
    assert len(document["detail"]) > 10 or slug == "teapot"
    assert document["requestId"] == response.headers["x-request-id"]
    return document


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 400, "malformed-json"),
        (b"{", 400, "malformed-json"),
        (b"nonsense", 400, "malformed-json"),
        (NAMED + b"} trailing", 400, "malformed-json"),
        (NAMED + b', "name": "b"}', 400, "malformed-json"),
        (b'{"name": NaN}', 400, "malformed-json"),
        (b'{"name": 1e400}', 400, "malformed-json"),
        (b'{"name": "\\u0000"}', 400, "malformed-json"),
        (b'{"name": "\\ud800"}', 400, "malformed-json"),
        (b'{"name": "\xff"}', 400, "malformed-json"),
        (b"\xef\xbb\xbf" + NAMED + b"}", 400, "malformed-json"),
        (b"[" * 10_000 + b"]" * 10_000, 400, "malformed-json"),
        (b'{"name": ' + b"[" * 65 + b"]" * 65 + b"}", 400, "malformed-json"),
        (b"null", 422, "invalid-body"),
        (b"[]", 422, "invalid-body"),
        (b"{}", 422, "invalid-body"),
        (b'{"name": 1}', 422, "invalid-body"),
        (b'{"name": "a name that is too long"}', 422, "invalid-body"),
        (NAMED + b', "surprise": 1}', 422, "invalid-body"),
        (NAMED + b', "parts": [{"sizeBytes": "1"}]}', 422, "invalid-body"),
        (NAMED + b', "parts": [{"size_bytes": 1}]}', 422, "invalid-body"),
        (NAMED + b', "madeAt": 5}', 422, "invalid-body"),
        (NAMED + b', "madeAt": "2026-01-01T00:00:00"}', 422, "invalid-body"),
        (NAMED + b', "which": "7"}', 422, "invalid-body"),
    ],
)
async def test_a_body_that_breaks_the_contract_is_a_problem(body: bytes, status: int, slug: str) -> None:
    async with client(service()) as caller:
        expect(await caller.post("/things", content=body, headers=JSON), status, slug)


async def test_a_good_body_is_taken_with_times_and_ids_as_text() -> None:
    body = NAMED + b', "madeAt": "2026-01-01T00:00:00Z", "which": "01920000-0000-7000-8000-000000000000"}'
    async with client(service()) as caller:
        response = await caller.post(
            "/things", content=body, headers={"content-type": "application/json; charset=UTF-8"}
        )
    assert response.status_code == 202


async def test_errors_point_into_the_body() -> None:
    body = b'{"parts": [{"sizeBytes": 1}, {"sizeBytes": null}], "a/b~c": 1}'
    async with client(service()) as caller:
        document = expect(await caller.post("/things", content=body, headers=JSON), 422, "invalid-body")
    assert {error["pointer"] for error in document["errors"]} == {"/name", "/parts/1/sizeBytes", "/a~1b~0c"}


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({}, "unsupported-media-type"),
        ({"content-type": "text/plain"}, "unsupported-media-type"),
        ({"content-type": "application/x-www-form-urlencoded"}, "unsupported-media-type"),
        ({"content-type": "application/json; charset=latin-1"}, "unsupported-media-type"),
        (JSON | {"content-encoding": "gzip"}, "unsupported-content-encoding"),
    ],
)
async def test_a_body_that_does_not_say_that_it_is_json_is_415(headers: dict[str, str], slug: str) -> None:
    async with client(service()) as caller:
        expect(await caller.post("/things", content=NAMED + b"}", headers=headers), 415, slug)


async def _large(caller: AsyncClient, *, announced: bool) -> Response:
    body = b'{"name": "' + b"x" * (1024 * 1024) + b'"}'

    async def chunks() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    return await caller.post("/things", content=body if announced else chunks(), headers=JSON)


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_one_mebibyte_is_413_announced_or_not(announced: bool) -> None:
    async with client(service()) as caller:
        expect(await _large(caller, announced=announced), 413, "body-too-large")


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "no-such-route"),
        ("GET", "/things/", 404, "no-such-route"),
        ("GET", "/things/a/b", 404, "no-such-route"),
        ("GET", "/things/%00", 404, "no-such-route"),
        ("PUT", "/things", 405, "method-not-allowed"),
        ("HEAD", "/things", 405, "method-not-allowed"),
        ("BREW", "/things/1", 405, "method-not-allowed"),
        ("GET", "/things?limit=%00", 400, "invalid-query"),
        ("GET", "/things?limit=many", 422, "invalid-request"),
        ("GET", "/things?limit=0", 422, "invalid-request"),
        ("GET", "/things?since=yesterday", 422, "invalid-request"),
        ("GET", "/broken/domain", 409, "broken"),
        ("GET", "/broken/teapot", 418, "teapot"),
        ("GET", "/broken/framework", 404, "not-found"),
        ("GET", "/broken/database", 503, "unavailable"),
        ("GET", "/broken/connection", 503, "unavailable"),
        ("GET", "/broken/unforeseen", 500, "internal-error"),
    ],
)
async def test_every_failure_is_a_problem(method: str, path: str, status: int, slug: str) -> None:
    async with client(service()) as caller:
        response = await caller.request(method, path)
    if method == "HEAD":
        assert response.status_code == status
        return
    expect(response, status, slug)
    assert "secret-marker" not in response.text


async def test_405_says_what_the_path_takes() -> None:
    async with client(service()) as caller:
        assert (await caller.patch("/things")).headers["allow"] == "GET, POST"


async def test_503_says_when_to_come_back() -> None:
    async with client(service()) as caller:
        assert int((await caller.get("/broken/database")).headers["retry-after"]) >= 1


async def test_a_query_error_names_the_parameter() -> None:
    async with client(service()) as caller:
        document = (await caller.get("/things?limit=0")).json()
    assert [error["parameter"] for error in document["errors"]] == ["limit"]


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-0123", True), ("short", False), ("a b" * 9, False), ("x" * 99, False)]
)
async def test_a_request_id_is_kept_if_it_is_a_plain_one(given: str, kept: bool) -> None:
    async with client(service()) as caller:
        response = await caller.get("/things", headers={"x-request-id": given})
    assert (response.headers["x-request-id"] == given) is kept


async def test_answers_are_not_stored_by_anybody_between() -> None:
    async with client(service()) as caller:
        response = await caller.get("/things")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
