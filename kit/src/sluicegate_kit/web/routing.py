"""Which route a request is for, and who may use it: found once, before anything else runs."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from sluicegate_kit.access.table import Row
from sluicegate_kit.web.problem import Problem

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Served:
    """A route that this process serves."""

    method: str
    path: str
    row: Row
    endpoint: Endpoint | None = None
    """Called directly when given; otherwise the application behind finds its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """A route, and the parameters that the path holds."""

    route: Served
    parameters: dict[str, str]


class HiddenRoute(ValueError):
    """A route that no request can reach, because one registered before it takes all of its requests."""


class RouteTable:
    """The routes of a service; of two that match, the one registered first serves."""

    def __init__(self, routes: Iterable[Served]) -> None:
        self._fixed: dict[tuple[str, str], Served] = {}
        self._fixed_paths: set[str] = set()
        """What is at one of these takes the methods that it says, also where a pattern would take others."""
        self._patterns: dict[str, list[tuple[re.Pattern[str], Served]]] = {}
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> Found:
        """The route of a request.

        Raises:
            Problem: 404 `no-such-route`, 405 `method-not-allowed` with `Allow`.
        """
        if (found := self._match(method, path)) is not None:
            return found
        methods = {other for other, _ in self._fixed} | set(self._patterns)
        allowed = ", ".join(sorted(other for other in methods if self._match(other, path) is not None))
        if not allowed:
            raise Problem(404, "no-such-route", "Nothing is served at this path.")
        raise Problem(405, "method-not-allowed", f"This path takes {allowed}.", headers={"allow": allowed})

    def page_above(self, path: str) -> str | None:
        """The nearest path above this one that can be looked at; None: there is none."""
        while path := path.rpartition("/")[0]:
            if self._match("GET", path) is not None:
                return path
        return None

    def _match(self, method: str, path: str) -> Found | None:
        if (route := self._fixed.get((method, path))) is not None:
            return Found(route, {})
        for pattern, route in () if path in self._fixed_paths else self._patterns.get(method, ()):
            if (match := pattern.match(path)) is not None:
                return Found(route, match.groupdict())
        return None

    def _add(self, route: Served) -> None:
        pattern, path_format, _ = compile_path(route.path)
        # Fixed paths are looked up first, so one that comes later must not be another route's by order:
        # the application behind goes by order, and access is checked for the route found here.
        if (before := self._match(route.method, path_format)) is not None:
            raise HiddenRoute(f"{route.method} {route.path} is hidden behind {before.route.path}")
        if "{" in route.path:
            self._patterns.setdefault(route.method, []).append((pattern, route))
        else:
            self._fixed[route.method, route.path] = route
            self._fixed_paths.add(route.path)
