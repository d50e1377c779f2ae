"""Reads what a form sends, strictly: UTF-8, no unknown fields, none twice unless it is a list."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from sluicegate_kit.web.invalid import parameter_errors
from sluicegate_kit.web.problem import FieldError, Problem

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000


class Form(BaseModel):
    """The base of every form: camelCase on the wire. A field of type `list[…]` may be repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


BLANK_IS_NONE = BeforeValidator(_none_if_blank)
"""For optional fields: browsers send the ones that nobody filled in, too."""

F = TypeVar("F", bound=Form)


async def read_form(request: Request, model: type[F]) -> F:
    """The form, as `model`. Ends of lines are `\\n`, whatever the browser made of them.

    Raises:
        Problem: 415 `unsupported-media-type`; 400 `malformed-form`; 422 `invalid-form`, naming each field.
    """
    return _parsed(await _sent(request), model)


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a form whose names the page made up itself; raises as `read_form`."""
    found: dict[str, str] = {}
    for name, value in await _sent(request):
        if name in found:
            raise _invalid([FieldError("given twice", parameter=name)])
        found[name] = value
    return found


async def _sent(request: Request) -> list[tuple[str, str]]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await request.body()
    if data and media_type != FORM:
        raise Problem(415, "unsupported-media-type", f"Send the form as `{FORM}`.", headers={"accept": FORM})
    return _pairs(data)


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "malformed-form", "The form is not percent-encoded UTF-8, or has too many fields.") from None
    if any("\0" in text for pair in pairs for text in pair):
        raise Problem(400, "malformed-form", "The form holds U+0000, which is not allowed.")
    return [(name, value.replace("\r\n", "\n").replace("\r", "\n")) for name, value in pairs]


def _parsed(pairs: list[tuple[str, str]], model: type[F]) -> F:
    lists = {
        field.alias or name
        for name, field in model.model_fields.items()
        if getattr(field.annotation, "__origin__", None) is list
    }
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise _invalid([FieldError("given twice", parameter=name)])
        else:
            values[name] = value
    try:
        return model.model_validate(values, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _invalid(parameter_errors(error)) from None


def _invalid(errors: list[FieldError]) -> Problem:
    return Problem(422, "invalid-form", "The form is not what this page takes; see errors.", errors=errors)
