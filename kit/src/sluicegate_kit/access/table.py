"""Reads the one table of routes and roles: `access.toml` in the schemas."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.access.roles import Role

PAGES = "/admin/"
"""All pages are below it, and nothing else; `/` leads there."""

_PARAMETER = re.compile(r"\{[^}]*\}")


class RouteWithoutRow(AccessError):
    """A route is registered that the table does not know. Add its row to `access.toml`."""


class TableInvalid(AccessError):
    """The table can't be read; the message says which row is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """Who may use one route."""

    service: str
    method: str
    path: str
    roles: frozenset[Role]
    public: bool = False
    """Nobody is asked for a key."""
    page: bool = False
    """It answers people with HTML: who is not signed in is sent to sign in, and refusals are pages too."""


class AccessTable:
    """The rows, by route. Names of path parameters don't matter."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._by_route: dict[tuple[str, str, str], Row] = {}
        for row in rows:
            route = (row.service, row.method, _shape(row.path))
            if route in self._by_route:
                raise TableInvalid(f"{row.method} {row.path} of {row.service} has two rows")
            self._by_route[route] = row

    def row(self, service: str, method: str, path: str) -> Row:
        """The row of a route.

        Raises:
            RouteWithoutRow: it has none.
        """
        try:
            return self._by_route[service, method, _shape(path)]
        except KeyError:
            raise RouteWithoutRow(f"{service}: {method} {path} has no row in access.toml") from None

    def of(self, service: str) -> tuple[Row, ...]:
        """All rows of a service."""
        return tuple(row for row in self.rows if row.service == service)


def parse(text: str) -> AccessTable:
    """A table from TOML.

    Raises:
        TableInvalid: a row lacks something, or has too much.
    """
    try:
        return AccessTable(tuple(_row(entry) for entry in tomllib.loads(text)["route"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise TableInvalid(f"access.toml: {error!r}") from error


@cache
def shipped() -> AccessTable:
    """The table that the services ship with."""
    return parse((files("sluicegate_schemas") / "access.toml").read_text("utf-8"))


def _row(entry: Mapping[str, object]) -> Row:
    service, method, path = (str(entry[name]) for name in ("service", "method", "path"))
    public, page, roles = entry.get("public", False), entry.get("page", False), entry.get("roles", [])
    surplus = entry.keys() - {"service", "method", "path", "roles", "public", "page"}
    if surplus or not isinstance(public, bool) or not isinstance(roles, list) or bool(roles) == public:
        raise ValueError(f"{method} {path} of {service} needs roles, or public = true")
    if page is not (path == "/" or f"{path}/".startswith(PAGES)):
        raise ValueError(f"{method} {path} of {service}: pages are below {PAGES}, and nothing else is")
    return Row(service, method, path, frozenset(Role(role) for role in roles), public, page)


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)
