"""What the kit knows about a request by the time that an endpoint sees it."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.requests import Request

from sluicegate_kit.access.identities import Caller

SCOPE_KEY = "sluicegate"


@dataclass(slots=True)
class Exchange:
    """One request and its response."""

    UNMATCHED: ClassVar = "unmatched"

    request_id: str
    stopping: asyncio.Event
    caller: Caller | None = None
    route: str = UNMATCHED
    """The template of the path: bounded in number, unlike paths."""
    status: int = 0
    body_bytes: int = 0


def exchange(request: Request) -> Exchange:
    """The exchange that a request belongs to."""
    found: Exchange = request.scope[SCOPE_KEY]
    return found


def caller(request: Request) -> Caller:
    """Who sent the request, proved by a key.

    Raises:
        LookupError: the route is public. A programming error.
    """
    found = exchange(request)
    if found.caller is None:
        raise LookupError(f"{found.route} is public in access.toml, but asks who calls it")
    return found.caller


def request_id(request: Request) -> str:
    """The id of this request, as in its log line and in `X-Request-Id`."""
    return exchange(request).request_id


def stopping(request: Request) -> asyncio.Event:
    """Set when the server drains: a long poll or an event stream ends itself then."""
    return exchange(request).stopping
