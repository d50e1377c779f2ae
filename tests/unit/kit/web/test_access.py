"""Nobody gets further than `access.toml` says, on any route."""

import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import RouteWithoutRow, Row, shipped
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.app import Hot, build_app
from sluicegate_kit.web.routing import HiddenRoute
from tests.support.callers import bearer, one_of_each_role
from tests.unit.kit.web.service import client, service, table

pytestmark = pytest.mark.anyio

ROWS = [row for row in shipped().rows if not row.public]


async def _empty(request: Request) -> Response:
    return Response(status_code=204)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.service} {row.method} {row.path}")
async def test_a_route_opens_to_its_roles_and_to_nobody_else(row: Row) -> None:
    app = build_app(
        row.service,
        identities=one_of_each_role(),
        metrics=Metrics(),
        hot=[Hot(row.method, row.path, _empty)],
    )
    path = row.path.replace("{jobId}", "7").replace("{id}", "7")
    async with client(app, None) as caller:
        assert (await caller.request(row.method, path)).status_code == 401
        for role in Role:
            status = (await caller.request(row.method, path, headers=bearer(role))).status_code
            assert status == (204 if role in row.roles else 403), role


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.service} {row.method} {row.path}")
def test_an_admin_may_do_everything_and_a_viewer_changes_nothing(row: Row) -> None:
    assert Role.ADMIN in row.roles
    assert row.method == "GET" or Role.VIEWER not in row.roles


def test_a_route_without_a_row_is_not_served() -> None:
    router = APIRouter()
    router.get("/api/backdoor")(_empty)
    with pytest.raises(RouteWithoutRow, match="api: GET /api/backdoor"):
        build_app("api", identities=one_of_each_role(), metrics=Metrics(), routers=[router])


def test_a_hot_route_without_a_row_is_not_served() -> None:
    with pytest.raises(RouteWithoutRow):
        build_app("api", identities=one_of_each_role(), metrics=Metrics(), hot=[Hot("PUT", "/api/agent-jobs", _empty)])


def test_a_route_that_another_one_hides_is_not_served() -> None:
    router = APIRouter()
    router.get("/things/{thingId}")(_empty)
    router.get("/things/all")(_empty)
    rows = table(("GET", "/things/{thingId}"), ("GET", "/things/all"))
    with pytest.raises(HiddenRoute):
        build_app("test", identities=one_of_each_role(), metrics=Metrics(), routers=[router], table=rows)


async def test_a_401_names_the_header_and_says_where_a_key_comes_from() -> None:
    async with client(service(), None) as caller:
        response = await caller.get("/things")
    detail = response.json()["detail"]
    assert "Authorization: Bearer sg_<id>_<secret>" in detail
    assert "keys file" in detail
    assert "make dev" not in detail
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_403_names_the_roles_that_may() -> None:
    async with client(service(), "viewer") as caller:
        response = await caller.get("/things")
    assert response.status_code == 403
    assert "admin" in response.json()["detail"]


async def test_an_endpoint_learns_who_calls() -> None:
    async with client(service()) as caller:
        assert (await caller.get("/things/7")).json() == {"thing": "7", "caller": "admin"}


async def test_the_openapi_document_is_public_and_complete() -> None:
    async with client(service(), None) as caller:
        document = (await caller.get("/openapi/test.json")).json()
    assert set(document["paths"]) == {"/things", "/things/{thingId}", "/wait", "/broken/{how}"}
    hot = document["paths"]["/things"]["post"]
    assert hot["summary"] == "Make a thing"
    assert hot["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}
    assert document["components"]["schemas"]["Thing"]["properties"]["name"]["maxLength"] == 10
    assert set(hot["responses"]) == {"202", "400", "401", "403", "413", "415", "422", "503"}
    assert "Part" in document["components"]["schemas"]
    assert document["paths"]["/things/{thingId}"]["get"]["parameters"][0]["name"] == "thingId"
    assert "$defs" not in str(document)
