"""The pages that stand at the top of every page: one data file in the schemas, shown to whom it is open."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.table import AccessTable, RouteWithoutRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One of these pages."""

    title: str
    path: str
    service: str
    """Who serves it."""
    key: str
    """Pressed after `g`, it goes there."""


@cache
def shipped() -> tuple[Entry, ...]:
    """All of them, in their order."""
    text = (files("sluicegate_schemas") / "navigation.toml").read_text("utf-8")
    return tuple(Entry(**{name: str(value) for name, value in entry.items()}) for entry in tomllib.loads(text)["page"])


def open_to(roles: frozenset[Role], table: AccessTable, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that somebody with these roles may open."""
    return tuple(entry for entry in entries if roles & _allowed(entry, table))


def _allowed(entry: Entry, table: AccessTable) -> frozenset[Role]:
    try:
        return table.row(entry.service, "GET", entry.path).roles
    except RouteWithoutRow:
        return frozenset()
