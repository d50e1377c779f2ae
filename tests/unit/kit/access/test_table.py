"""A row that doesn't say exactly who may is no row."""

import re

import pytest

from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import RouteWithoutRow, TableInvalid, parse, shipped

ROUTE = '[[route]]\nservice = "api"\nmethod = "GET"\npath = "/x/{id}"\n'


def test_the_names_of_parameters_do_not_matter() -> None:
    assert parse(ROUTE + 'roles = ["viewer"]').row("api", "GET", "/x/{other}").roles == {Role.VIEWER}


def test_pages_are_marked() -> None:
    page = ROUTE.replace("/x/", "/admin/x/") + 'roles = ["viewer"]\npage = true'
    assert parse(page).row("api", "GET", "/admin/x/{id}").page
    assert not parse(ROUTE + 'roles = ["viewer"]').row("api", "GET", "/x/{id}").page


@pytest.mark.parametrize(
    ("service", "method", "path"), [("worker", "GET", "/x/{id}"), ("api", "PUT", "/x/{id}"), ("api", "GET", "/x")]
)
def test_another_route_has_no_row(service: str, method: str, path: str) -> None:
    with pytest.raises(RouteWithoutRow):
        parse(ROUTE + 'roles = ["viewer"]').row(service, method, path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[route]",
        ROUTE,
        ROUTE + "roles = []",
        ROUTE + 'roles = "viewer"',
        ROUTE + 'roles = ["king"]',
        ROUTE + 'roles = ["viewer"]\npublic = true',
        ROUTE + "public = false",
        ROUTE + 'roles = ["viewer"]\nrole = "admin"',
        ROUTE + 'roles = ["viewer"]\npage = true',
        ROUTE.replace("/x/", "/admin/x/") + 'roles = ["viewer"]',
        ROUTE.replace("/x/", "/admin/x/") + 'roles = ["viewer"]\npage = "yes"',
        (ROUTE + 'roles = ["viewer"]\n') * 2,
    ],
)
def test_a_table_that_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(TableInvalid):
        parse(text)


def test_what_is_public_holds_nothing_of_anybody() -> None:
    harmless = re.compile(
        r"GET /|GET /admin|GET /openapi/.*|GET /admin/.*/assets/\{name\}|POST /admin/.*/preferences"
        r"|(GET|POST) /admin/(sign-in|sign-in/\{token\}|session)|POST /admin/sign-out"
    )
    public = [f"{row.method} {row.path}" for row in shipped().rows if row.public]
    assert [route for route in public if not harmless.fullmatch(route)] == []
