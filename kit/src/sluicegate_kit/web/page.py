"""Routes that answer people with HTML."""

from dataclasses import dataclass

from sluicegate_kit.web.routing import Endpoint


@dataclass(frozen=True, slots=True)
class PageRoute:
    """Such a route: called directly, and not part of the HTTP interface that OpenAPI describes."""

    method: str
    path: str
    endpoint: Endpoint
