"""Routes that many requests take: called directly, past FastAPI, which costs more than what they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sluicegate_kit.web.documented import documented
from sluicegate_kit.web.routing import Endpoint


@dataclass(frozen=True, slots=True)
class Hot:
    """Such a route, with what its documentation needs; it stands in OpenAPI like any other."""

    method: str
    path: str
    endpoint: Endpoint
    operation: Mapping[str, Any] = field(default_factory=documented)
    summary: str = ""
    tags: tuple[str, ...] = ()
