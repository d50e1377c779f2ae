"""A small service with pages of its own, as a package that is made for the test."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.access.table import AccessTable, parse
from sluicegate_kit.clock import ManualClock
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import Pages, see
from sluicegate_kit.web.app import build_app
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.people import People
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_kit.web.session_cookie import TLS
from tests.support.callers import bearer, one_of_each_role
from tests.support.sessions import write_key_set

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOP = "/admin/shop"
ROW = '[[route]]\nservice = "{service}"\nmethod = "{method}"\npath = "{path}"\n{who}\npage = true\n'
ANYBODY, PUBLIC = 'roles = ["viewer", "admin"]', "public = true"
TEMPLATE = """
{% extends "kit/layout.html" %}
{% block title %}Shop{% endblock %}
{% block head %}<link rel="stylesheet" href="{{ asset('shop.css') }}">{% endblock %}
{% block content %}
<h1>Shop</h1>
{% block goods scoped %}<p id="goods">{{ goods|line }}{{ twice(2) }}</p>{% endblock %}
{% if may("shop", "POST", "/admin/shop/buy") %}<form method="post" action="/admin/shop/buy"></form>{% endif %}
{{ filler }}
{% endblock %}
"""


class Purchase(Form):
    """What a form sends."""

    goods: str
    amounts: list[int] = Field(default_factory=list)


def table() -> AccessTable:
    """Rows of the service, and of one of the pages at the top."""
    rows = (
        ("shop", "GET", SHOP, ANYBODY),
        ("shop", "GET", f"{SHOP}/broken", ANYBODY),
        ("shop", "POST", f"{SHOP}/buy", 'roles = ["admin"]'),
        ("shop", "GET", f"{SHOP}/assets/{{name}}", PUBLIC),
        ("shop", "POST", f"{SHOP}/preferences", PUBLIC),
        ("api", "GET", "/admin/agent-jobs", 'roles = ["viewer"]'),
    )
    openapi = '[[route]]\nservice = "shop"\nmethod = "GET"\npath = "/openapi/shop.json"\npublic = true\n'
    return parse(openapi + "".join(ROW.format(service=s, method=m, path=p, who=who) for s, m, p, who in rows))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the package."""
    folder = tmp_path / "a_shop"
    for place in ("pages/templates", "pages/static"):
        (folder / place).mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "pages/templates/shop.html").write_text(TEMPLATE.lstrip())
    (folder / "pages/static/shop.css").write_text("p { color: var(--ink) }")
    monkeypatch.syspath_prepend(tmp_path)
    return "a_shop"


@pytest.fixture
def visit(package: str, tmp_path: Path) -> Callable[[str | None], httpx.AsyncClient]:
    """A browser without a script: somebody with the role, or nobody."""
    pages = Pages(package, SHOP, functions={"twice": lambda number: 2 * number}, table=table(), clock=ManualClock(NOON))

    async def shop(request: Request) -> Response:
        filler = "x" * int(request.query_params.get("filler", "0"))
        return pages.render(request, "shop.html", block="goods", goods="<tea>", filler=filler)

    async def broken(request: Request) -> Response:
        raise Problem(409, "sold-out", "<b>Nothing</b> is left.", errors=[FieldError("gone", parameter="tea")])

    async def buy(request: Request) -> Response:
        form = await read_form(request, Purchase)
        return see(f"{SHOP}?bought={quote(form.goods)}&amounts={sum(form.amounts)}")

    people = People(TLS, PublicKeys(write_key_set(tmp_path)), one_of_each_role(), ManualClock(NOON), pages.problem)
    app = build_app(
        "shop",
        identities=one_of_each_role(),
        metrics=Metrics(),
        pages=[
            *pages.routes(),
            PageRoute("GET", SHOP, shop),
            PageRoute("GET", f"{SHOP}/broken", broken),
            PageRoute("POST", f"{SHOP}/buy", buy),
        ],
        table=table(),
        people=people,
    )

    def client(role: str | None) -> httpx.AsyncClient:
        headers = {"accept": "text/html"} | (bearer(role) if role else {"sec-fetch-site": "same-origin"})
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here", headers=headers)

    return client
