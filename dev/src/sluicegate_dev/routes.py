"""Reads `deploy/routes.toml` and says which service a path belongs to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sluicegate_dev.errors import NotAClone


@dataclass(frozen=True, slots=True)
class Route:
    """Every path that is `prefix` or below it."""

    prefix: str
    service: str

    def covers(self, path: str) -> bool:
        """Whether the path is the prefix or goes on after it with a `/`."""
        return path == self.prefix or path.startswith(f"{self.prefix}/")


def read_routes(file: Path) -> tuple[Route, ...]:
    """The routes, longest prefix first.

    Raises:
        OSError, tomllib.TOMLDecodeError, TypeError, KeyError: it is not such a file.
    """
    routes = (Route(**entry) for entry in tomllib.loads(file.read_text())["route"])
    return tuple(sorted(routes, key=lambda route: len(route.prefix), reverse=True))


def routes_of(clone: Path) -> tuple[Route, ...]:
    """The routes of a clone.

    Raises:
        NotAClone: it has none.
        And as `read_routes`.
    """
    try:
        return read_routes(clone / "deploy" / "routes.toml")
    except (FileNotFoundError, NotADirectoryError):
        raise NotAClone(f"{clone} is no clone of Sluicegate: it has no deploy/routes.toml.") from None


def service_for(path: str, routes: tuple[Route, ...]) -> str | None:
    """The service with the longest prefix that covers the path."""
    return next((route.service for route in routes if route.covers(path)), None)
