"""Cursors: where a list goes on, opaque to callers, good for the same filters only."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.web.documented import Header
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.query import ListQuery

Part: TypeAlias = str | int | datetime | UUID
Position: TypeAlias = tuple[Part, ...]
"""The sort key of the last item of a page, its id last."""

NEXT = Header("Link", 'the next page, `rel="next"` (RFC 8288); absent on the last one')

_CHECK_BYTES = 9
_INT8 = 2**63


def encode(position: Position, filters: Mapping[str, Any]) -> str:
    """The cursor that goes on after `position`."""
    text = orjson.dumps([_written(part) for part in position])
    return base64.urlsafe_b64encode(_check(text, filters) + text).decode().rstrip("=")


def decode(cursor: str, filters: Mapping[str, Any], kinds: Sequence[type[Part]]) -> Position:
    """The position in a cursor, its parts of the `kinds` that the list sorts by.

    Raises:
        Problem: 400 `bad-cursor`: it was not made by this list, or for other filters.
    """
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, text = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
        if check != _check(text, filters):
            raise ValueError("made for other filters")
        parts = orjson.loads(text)
        return tuple(_read(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error):
        raise Problem(
            400,
            "bad-cursor",
            "The cursor is not one that this list gave for these filters. Start again without it.",
        ) from None


def after(query: ListQuery, kinds: Sequence[type[Part]]) -> Position | None:
    """Where the caller's page starts; None: at the top. Raises as `decode`."""
    return None if query.cursor is None else decode(query.cursor, query.filters(), kinds)


def page(
    request: Request,
    query: ListQuery,
    items: Sequence[Mapping[str, Any]],
    next_position: Position | None,
    **more: Any,
) -> Response:
    """A list as the contract has it: `items`, `nextCursor` and `Link: rel="next"`.

    `next_position` is the last item's, or None if there are no more; `more` joins the body.
    """
    cursor = None if next_position is None else encode(next_position, query.filters())
    headers = {}
    if cursor is not None:
        # Relative, so that it is right behind any proxy (RFC 8288, section 3.1).
        headers["link"] = f'<?{request.url.include_query_params(cursor=cursor).query}>; rel="next"'
    body = orjson.dumps({"items": items, "nextCursor": cursor, **more})
    return Response(body, 200, headers, "application/json")


def _check(text: bytes, filters: Mapping[str, Any]) -> bytes:
    asked = orjson.dumps(filters, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=_CHECK_BYTES, key=hashlib.sha256(asked).digest()).digest()


def _written(part: Part) -> str | int:
    match part:
        case datetime():
            return part.astimezone(UTC).isoformat()
        case UUID():
            return str(part)
        case _:
            return part


def _read(part: object, kind: type[Part]) -> Part:
    if kind is int and type(part) is int and -_INT8 <= part < _INT8:
        return part
    if isinstance(part, str) and "\0" not in part:
        if kind is str:
            return part
        if kind is UUID:
            return UUID(part)
        moment = datetime.fromisoformat(part)
        if kind is datetime and moment.tzinfo is not None:
            return moment
    raise ValueError("a part of another kind")
