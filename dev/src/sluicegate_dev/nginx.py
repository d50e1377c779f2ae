"""Renders the configuration of nginx, the front door of a deployment, from `deploy/routes.toml`."""

import re
from pathlib import Path
from string import Template

from sluicegate_dev.routes import Route, routes_of

_TEMPLATE = Path(__file__).with_name("nginx.conf.template")


def render(clone: Path) -> str:
    """The whole file.

    Raises:
        NotAClone: there are no routes.
    """
    routes = "".join(_line(route) for route in routes_of(clone))
    return Template(_TEMPLATE.read_text()).substitute(routes=routes)


def rendered(clone: Path) -> Path:
    """Where it is kept."""
    return clone / "deploy" / "nginx" / "nginx.conf"


def _line(route: Route) -> str:
    return f'        "~^{re.escape(route.prefix)}(/|$)" {route.service};\n'
