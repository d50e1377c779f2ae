"""Renders a service's pages: built once per process, in its bootstrap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.access.identities import Caller
from sluicegate_kit.access.table import AccessTable, shipped
from sluicegate_kit.clock import Clock, SystemClock
from sluicegate_kit.pages import moments, navigation, visible
from sluicegate_kit.pages.assets import Assets, gzipped, packaged, takes_gzip
from sluicegate_kit.pages.headers import SECURITY
from sluicegate_kit.pages.preferences import Choosing, preferences
from sluicegate_kit.web.exchange import exchange
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.problem import Problem

KIT = "sluicegate_kit"
SHEET = ("tokens.css", "console.css")
"""Joined into one file, in this order."""
_WORTH_COMPRESSING_BYTES = 1000
_PAGE_LEVEL = 5


class Pages:
    """Templates, assets and preferences of one service."""

    def __init__(
        self,
        package: str,
        prefix: str,
        *,
        folder: str = "pages",
        functions: Mapping[str, Callable[..., Any]] | None = None,
        table: AccessTable | None = None,
        clock: Clock | None = None,
        sign_out: str | None = None,
    ) -> None:
        """Templates and static files lie in `folder`/templates and `folder`/static of the service's `package`.

        `prefix` is the path below which the service has its pages, as `/admin/agent-jobs`; its assets lie there too.
        `functions` are what its templates can call besides what every template knows.
        `sign_out` is where the form posts that ends a session; None: there is no such form.
        """
        self._prefix = prefix
        self._table = table or shipped()
        self._clock = clock or SystemClock()
        self._sign_out = sign_out
        self._assets = Assets(prefix, _sources(package, folder))
        self._templates = _environment(package, folder)
        self._templates.globals |= {
            **(functions or {}),
            "asset": self._assets.url,
            "preferences_path": f"{prefix}/preferences",
        }
        self._templates.globals["ui"] = self._templates.get_template("kit/components.html").module

    def routes(self) -> Sequence[PageRoute]:
        """The routes that every service with pages has. Their rows in `access.toml` are public."""
        return (
            PageRoute("GET", f"{self._prefix}/assets/{{name}}", self._assets.serve),
            PageRoute("POST", f"{self._prefix}/preferences", Choosing(self._prefix).choose),
        )

    def render(
        self,
        request: Request,
        template: str,
        *,
        block: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """The page; or, where htmx asks and `block` is given, that block of it alone.

        `context` joins what every template knows: see the package's docstring.
        """
        now = self._clock.now()
        known = self._known(request, now) | context
        found = self._templates.get_template(template)
        if block is not None and is_fragment(request):
            html = "".join(found.blocks[block](found.new_context(known)))
        else:
            html = found.render(known)
        return _response(request, html, status, dict(headers or {}))

    def problem(self, request: Request, problem: Problem) -> Response:
        """A problem as a page, or as a box for a fragment that htmx asked for."""
        return self.render(
            request,
            "kit/problem.html",
            block="content",
            status=problem.status,
            headers=problem.headers,
            problem=problem,
            phrase=HTTPStatus(problem.status).phrase,
        )

    def _known(self, request: Request, now: datetime) -> dict[str, Any]:
        found = exchange(request)
        caller = found.caller
        roles = caller.roles if caller else frozenset()
        return {
            "me": caller,
            "navigation": navigation.open_to(roles, self._table, navigation.shipped()),
            "path": request.url.path,
            "here": _here(request),
            "preferences": preferences(request),
            "request_id": found.request_id,
            "sign_out": self._sign_out,
            "now": now,
            "may": _May(self._table, caller),
        }


@dataclass(frozen=True, slots=True)
class _May:
    """`may(service, method, path)` in templates: whether the caller's roles open a route."""

    table: AccessTable
    caller: Caller | None

    def __call__(self, service: str, method: str, path: str) -> bool:
        return self.caller is not None and bool(self.table.row(service, method, path).roles & self.caller.roles)


def see(path: str) -> Response:
    """The answer to a form that did its work: go and look (303), so that a reload repeats nothing."""
    return Response(status_code=303, headers={"location": path})


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-history-restore-request") != "true"


def _response(request: Request, html: str, status: int, headers: dict[str, str]) -> Response:
    data = html.encode()
    headers |= {**SECURITY, "vary": "accept-encoding, cookie, hx-request", "content-type": "text/html; charset=utf-8"}
    if len(data) > _WORTH_COMPRESSING_BYTES and takes_gzip(request):
        return Response(gzipped(data, level=_PAGE_LEVEL), status, headers | {"content-encoding": "gzip"})
    return Response(data, status, headers)


def _here(request: Request) -> str:
    """Path and query, as the forms of the menu come back to it."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _sources(package: str, folder: str) -> dict[str, bytes]:
    found = packaged(KIT, "pages/static", "pages/static/vendor") | packaged(package, f"{folder}/static")
    sheet = b"\n".join(found.pop(name) for name in SHEET)
    return found | {"console.css": sheet}


def _environment(package: str, folder: str) -> Environment:
    templates = Environment(
        loader=ChoiceLoader(
            [
                PrefixLoader({"kit": PackageLoader(KIT, "pages/templates")}),
                PackageLoader(package, f"{folder}/templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters |= {
        "line": visible.line,
        "block": visible.block,
        "plain": visible.plain,
        "ago": moments.ago,
        "age": moments.age,
        "remaining": moments.remaining,
        "left": moments.left,
        "stamp": moments.stamp,
        "absolute": moments.absolute,
        "machine": moments.machine,
        "duration": _duration,
        "number": _number,
    }
    return templates


def _duration(value: float | timedelta) -> str:
    """Seconds, or a difference of times, in words."""
    return moments.duration(value.total_seconds() if isinstance(value, timedelta) else value)


def _number(value: int) -> Markup:
    """With thin spaces between thousands."""
    return Markup(f"{value:,}".replace(",", "\u202f"))
