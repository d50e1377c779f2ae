"""Strong entity tags, and conditions on them (RFC 9110, sections 8.8 and 13.1)."""

import re

from starlette.requests import Request

from sluicegate_kit.web.problem import FieldError, Problem

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_TAGS = re.compile(rf"\s*{_TAG.pattern}\s*(?:,\s*{_TAG.pattern}\s*)*")
PATTERN = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'
"""What callers are told of `If-Match`: the same in ASCII."""


def strong(value: str) -> str:
    """`value` as an `ETag`; without quotes, spaces or controls in it."""
    return f'"{value}"'


def if_match(request: Request) -> frozenset[str] | None:
    """The tags of `If-Match`; None if the header is absent, {"*"} for any.

    Raises:
        Problem: 400 `bad-if-match`.
    """
    values = request.headers.getlist("if-match")
    if not values:
        return None
    text = ",".join(values).strip()
    if text == "*":
        return frozenset("*")
    if not _TAGS.fullmatch(text):
        detail = 'If-Match holds entity tags in double quotes, as in the ETag that you got: "…".'
        raise Problem(400, "bad-if-match", detail, errors=[FieldError("not an entity tag", header="If-Match")])
    return frozenset(_TAG.findall(text))


def holds(tags: frozenset[str], current: str) -> bool:
    """Whether one of the tags is `current` (as `strong` gave it), compared strongly: weak tags never match."""
    return "*" in tags or current in tags


def require_match(request: Request, current: str, *, required: bool = False) -> None:
    """Go on only if `If-Match`, where given, names the current version.

    Raises:
        Problem: 412 `precondition-failed`; 428 `precondition-required` if it is required and absent; as `if_match`.
    """
    tags = if_match(request)
    if tags is None:
        if required:
            raise Problem(428, "precondition-required", "Send If-Match with the ETag of the version that you saw.")
    elif not holds(tags, current):
        detail = "This is no longer the version that you saw. Get it again, look, and send its ETag."
        raise Problem(412, "precondition-failed", detail, headers={"etag": current})
