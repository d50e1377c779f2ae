"""Reads a refusal (RFC 9457 problem+json) and picks the class of its condition."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sluicegate.client import errors
from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson

_BY_SLUG: Mapping[str, type[errors.Problem]] = {
    "already-decided": errors.AlreadyDecided,
    "bad-cursor": errors.BadCursor,
    "decision-not-offered": errors.DecisionNotOffered,
    "idempotency-key-reused": errors.IdempotencyKeyReused,
    "job-has-ended": errors.JobHasEnded,
    "job-has-not-ended": errors.JobHasNotEnded,
    "not-an-approval": errors.NotAnApproval,
    "not-an-info": errors.NotAnInfo,
    "record-not-whole": errors.RecordNotWhole,
    "resent-by-owner": errors.ResentByOwner,
    "self-approval": errors.SelfApproval,
}
_BY_STATUS: Mapping[int, type[errors.Problem]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.ChangedSinceShown,
    413: errors.TooLarge,
    428: errors.ShownVersionRequired,
    502: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.Unavailable,
}
_STANDARD = frozenset({"type", "title", "status", "detail", "instance", "errors", "requestId"})


def read(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> errors.Problem:
    """The problem that an answer with `status` of 400 or more carries.

    An answer that is no problem document (a proxy's page, say) gets the class of its status. Names of `headers`
    are lower case.
    """
    document = _document(body)
    slug = str(document.get("type") or "").rstrip("/").rpartition("/")[2]
    kind = _BY_SLUG.get(slug) or _BY_STATUS.get(status)
    if kind is None:
        kind = errors.InvalidRequest if status < 500 else errors.ServerDefect
    return kind(
        errors.Facts(
            status=status,
            slug=slug or "about:blank",
            detail=str(document.get("detail") or document.get("title") or f"the service answered {status}"),
            errors=_field_errors(document.get("errors")),
            request_id=_request_id(document, headers),
            extra={name: value for name, value in document.items() if name not in _STANDARD},
            retry_after_seconds=retry_after_seconds(headers.get("retry-after"), now),
        )
    )


def retry_after_seconds(text: str | None, now: datetime) -> float | None:
    """`Retry-After`, a number or a date (RFC 9110, section 10.2.3), in seconds from `now`. None: unreadable."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp())


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = strict_json.read(body)
    except MalformedJson:
        return {}
    return document if isinstance(document, dict) else {}


def _field_errors(found: object) -> tuple[errors.FieldError, ...]:
    items = found if isinstance(found, list) else []
    return tuple(
        errors.FieldError(
            str(item.get("detail") or ""), _text(item, "pointer"), _text(item, "parameter"), _text(item, "header")
        )
        for item in items
        if isinstance(item, dict)
    )


def _request_id(document: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    found = document.get("requestId") or headers.get("x-request-id")
    return None if found is None else str(found)


def _text(item: Mapping[str, Any], name: str) -> str | None:
    found = item.get(name)
    return found if isinstance(found, str) else None
