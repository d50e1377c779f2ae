"""What callers send."""

import json
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints, WithJsonSchema
from starlette.requests import Request

from sluicegate_checkpoint_svc.domain.ruling import Edit
from sluicegate_kit.web.body import Body, parse, read_bytes
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_kit.web.query import Query, read_query
from sluicegate_schemas.limits import PAYLOAD_BYTES
from sluicegate_schemas.payload import digest

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]

_ALL_BUT_NULL = ("array", "boolean", "number", "object", "string")


class Approval(Body):
    """Lets a payload through."""

    reason: Reason | None = None
    edited_payload: Annotated[JsonValue | None, WithJsonSchema({"type": list(_ALL_BUT_NULL)})] = Field(
        None, description="Runs in place of the payload, byte for byte as it stands here; needs If-Match."
    )


class Rejection(Body):
    """Says no."""

    reason: Reason


class RejectionQuery(Query):
    """Says no, through a proxy that drops the body of a DELETE. Longer reasons don't fit into an address."""

    reason: Annotated[Reason, Field(max_length=2_000)] | None = None


NOTHING = Approval()


async def read_approval(request: Request) -> tuple[str | None, Edit | None]:
    """The reason and the edit, both optional, as is the body.

    Raises:
        Problem: as `parse`; 422 also for an edit to null; 413 `payload-too-large`.
    """
    data = await read_bytes(request)
    approval = parse(data, Approval) if data else NOTHING
    if "edited_payload" not in approval.model_fields_set:
        return approval.reason, None
    if approval.edited_payload is None:
        # Whether that means no edit or an edit to null is not for us to guess.
        raise Problem(
            422,
            "invalid-body",
            "An edited payload is not null; leave the member out to approve the payload as it is.",
            errors=[FieldError("null", pointer="/editedPayload")],
        )
    return approval.reason, _edit(exact_member(data, "editedPayload"))


async def read_rejection(request: Request) -> str:
    """The reason, from the body or from the query.

    Raises:
        Problem: as `parse`; 422 `invalid-query`; 422 `reason-required`.
    """
    reason = read_query(request, RejectionQuery).reason
    data = await read_bytes(request)
    if data:
        return parse(data, Rejection).reason
    if reason is None:
        raise Problem(
            422,
            "reason-required",
            'A rejection says why: send {"reason": "…"} as the body, or ?reason=….',
            errors=[FieldError("missing", pointer="/reason")],
        )
    return reason


def exact_member(data: bytes, name: str) -> bytes:
    """The bytes of a member's value, as they stand in a JSON object that has been read strictly and has the member."""
    text = data.decode()
    read = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
    place = _past_space(text, text.index("{") + 1)
    while True:
        key, place = read(text, place)
        start = _past_space(text, _past_space(text, place) + 1)
        _, end = read(text, start)
        if key == name:
            return text[start:end].encode()
        place = _past_space(text, _past_space(text, end) + 1)


def _past_space(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place


def _edit(payload: bytes) -> Edit:
    if len(payload) > PAYLOAD_BYTES:
        raise Problem(
            413,
            "payload-too-large",
            f"The edited payload has {len(payload)} bytes; a payload has at most {PAYLOAD_BYTES}.",
            errors=[FieldError("too large", pointer="/editedPayload")],
        )
    return Edit(payload, digest(payload))
