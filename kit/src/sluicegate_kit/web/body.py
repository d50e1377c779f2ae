"""Reads request bodies strictly: JSON without tricks, no unknown fields, at most 1 MiB."""

import re
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from sluicegate_kit.web.documented import JSON
from sluicegate_kit.web.invalid import field_errors
from sluicegate_kit.web.problem import FieldError, Problem
from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson

M = TypeVar("M", bound=BaseModel)

_JSON_TYPE = re.compile(rb"application/json\s*(;\s*charset=\"?utf-?8\"?\s*)?;?", re.IGNORECASE)


class Body(BaseModel):
    """The base of every request body: camelCase on the wire, unknown fields and other types refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


async def read_bytes(request: Request) -> bytes:
    """The bytes of a JSON body; empty when there is none.

    Raises:
        Problem: 413 `body-too-large`, 415 `unsupported-media-type`.
    """
    data = await request.body()
    if data:
        _expect_json(request)
    return data


async def read_body(request: Request, model: type[M]) -> M:
    """The body, as `model`.

    Raises:
        Problem: as `read_bytes`; 400 `malformed-json`; 422 `invalid-body` with a pointer to each thing that is wrong.
    """
    return parse(await read_bytes(request), model)


async def read_optional_body(request: Request, model: type[M]) -> M | None:
    """As `read_body`, but None when there is no body."""
    data = await read_bytes(request)
    return parse(data, model) if data else None


def parse(data: bytes, model: type[M]) -> M:
    """JSON bytes as `model`; raises as `read_body`."""
    if not data:
        raise Problem(400, "malformed-json", "The request needs a JSON body.")
    try:
        strict_json.read(data)
        # Read twice: only pydantic's own JSON mode is strict about types and still takes times and ids as text.
        return model.model_validate_json(data, by_alias=True, by_name=False)
    except MalformedJson as error:
        detail = "The body is not JSON that can be taken; see errors."
        raise Problem(400, "malformed-json", detail, errors=[FieldError(str(error), pointer="")]) from None
    except ValidationError as error:
        raise Problem(
            422, "invalid-body", "The body is not what this route takes; see errors.", errors=field_errors(error)
        ) from None


def _expect_json(request: Request) -> None:
    media_type = encoding = b""
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            media_type = value
        elif name == b"content-encoding":
            encoding = value
    if not _JSON_TYPE.fullmatch(media_type):
        raise Problem(
            415,
            "unsupported-media-type",
            "Send the body as JSON in UTF-8, with `Content-Type: application/json`.",
            headers={"accept": JSON},
        )
    if encoding.lower() not in (b"", b"identity"):
        raise Problem(
            415,
            "unsupported-content-encoding",
            "Send the body without a Content-Encoding.",
            headers={"accept-encoding": "identity"},
        )
