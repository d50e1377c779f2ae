"""Routes that many requests take: called directly, past FastAPI, which costs more than what they do."""

from dataclasses import dataclass

from pydantic import BaseModel

from sluicegate_kit.web.routing import Endpoint


@dataclass(frozen=True, slots=True)
class Hot:
    """Such a route, with what its documentation needs; it stands in OpenAPI like any other."""

    method: str
    path: str
    endpoint: Endpoint
    body: type[BaseModel] | None = None
    body_required: bool = True
    status: int = 200
    response: type[BaseModel] | None = None
    summary: str = ""
