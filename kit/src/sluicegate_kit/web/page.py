"""Routes that answer people with HTML, and what the wrapper needs to know of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.routing import Endpoint

ProblemPage: TypeAlias = Callable[[Request, Problem], Response]
"""How a problem looks on a route for people."""


@dataclass(frozen=True, slots=True)
class PageRoute:
    """Such a route: called directly, and not part of the HTTP interface that OpenAPI describes."""

    method: str
    path: str
    endpoint: Endpoint
