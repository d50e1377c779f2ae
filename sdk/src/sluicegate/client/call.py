"""One HTTP call as a value: what to send, and whether sending it twice is safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sluicegate_schemas.payload import encode

Params = Mapping[str, str | int | datetime | Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Call:
    """What to send."""

    method: str
    path: str
    repeatable: bool
    """The second copy of this call changes nothing that the first one did not."""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    longest_seconds: float = 30.0
    """How long the service may take to answer."""


def path(*segments: str | UUID) -> str:
    """A path whose segments can't break out of their place.

    Raises:
        TypeError: a segment is no id; the whole job or checkpoint was given, for one.
    """
    for segment in segments:
        if not isinstance(segment, str | UUID):
            raise TypeError(f"an id is a str or a UUID, and this is a {type(segment).__name__}")
    return "/" + "/".join(quote(str(segment), safe="") for segment in segments)


def query(params: Params) -> tuple[tuple[str, str], ...]:
    """Query parameters: None is left out, a list is one parameter per item, times are RFC 3339 in UTC."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        if isinstance(value, datetime):
            pairs.append((name, moment(value)))
        elif isinstance(value, str | int):
            pairs.append((name, str(value)))
        elif value is not None:
            pairs.extend((name, str(item)) for item in value)
    return tuple(pairs)


def body(members: Mapping[str, Any]) -> bytes:
    """A JSON body; members that are None are left out.

    Raises:
        UnencodablePayload: a value that JSON can't carry exactly.
    """
    return encode({name: value for name, value in members.items() if value is not None})


def moment(at: datetime) -> str:
    """RFC 3339 in UTC. A time without an offset is taken as local."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
