"""What stands in the fields of an input form, as it was typed, and the JSON value that it makes.

Typed is text for a field, a list for a list, a dict for a group; None for a group that may be left out, and is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from pydantic_core import to_json

from sluicegate_api.pages.input_shape import NOTHING, Kind, Nothing, Shape
from sluicegate_kit.web.invalid import pointer
from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.strict_json import JsonValue

Typed: TypeAlias = "str | list[Typed] | dict[str, Typed] | None"

MOST_ITEMS = 200
REQUIRED = "This is required."
NUMBER = "A number, as in 12 or 0.5."

_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Misfit(Exception):
    """A value can't be shown in the fields of this shape without loss."""


def blank(shape: Shape) -> Typed:
    """A form that nobody has filled in: with the schema's defaults."""
    if not isinstance(shape.default, Nothing) and shape.default is not None:
        try:
            return typed(shape, shape.default)
        except Misfit:
            pass
    match shape.kind:
        case Kind.GROUP:
            return members(shape) if shape.required else None
        case Kind.LIST:
            return [blank(shape.item)] if shape.item is not None and shape.required else []
        case Kind.CHECKBOX:
            return "false"
        case _:
            return ""


def members(shape: Shape) -> dict[str, Typed]:
    """A group that nobody has filled in."""
    return {member.name: blank(member) for member in shape.members}


def typed(shape: Shape, value: Any) -> Typed:
    """How a value stands in the fields.

    Raises:
        Misfit
    """
    if value is None and not shape.required and shape.kind is not Kind.JSON:
        if shape.default not in (NOTHING, None):
            raise Misfit
        return [] if shape.kind is Kind.LIST else _absent(shape)
    match shape.kind, value:
        case Kind.GROUP, dict():
            return _group(shape, value)
        case Kind.LIST, list() if shape.item is not None and len(value) <= MOST_ITEMS:
            return [typed(shape.item, item) for item in value]
        case ((Kind.TEXT | Kind.LINES | Kind.DATE), str()) if value or not shape.required:
            return value
        case Kind.MOMENT, str():
            return _local(value)
        case Kind.INTEGER, int() if not isinstance(value, bool):
            return str(value)
        case Kind.NUMBER, int() | float() if not isinstance(value, bool):
            return _exact(value)
        case Kind.CHECKBOX, bool():
            return "true" if value else "false"
        case Kind.CHOICE, _ if (text := json.dumps(value)) in dict(shape.choices):
            return text
        case Kind.CONST, _ if value == shape.only:
            return ""
        case Kind.JSON, _:
            return _pretty(value)
    raise Misfit


def sent(shape: Shape, fields: Mapping[str, str], at: str = "") -> Typed:
    """What a form sent for the shape at this pointer."""
    match shape.kind:
        case Kind.GROUP if not shape.required and f"?{at}" not in fields:
            return None
        case Kind.GROUP:
            return {member.name: sent(member, fields, at + pointer([member.name])) for member in shape.members}
        case Kind.LIST:
            number = fields.get(f"#{at}", "0")
            items = min(int(number), MOST_ITEMS) if _WHOLE.fullmatch(number) else 0
            return [sent(shape.item, fields, f"{at}/{place}") for place in range(items)] if shape.item else []
        case Kind.CHECKBOX:
            return "true" if at in fields else "false"
        case _:
            return fields.get(at, "")


def value(shape: Shape, given: Typed, errors: dict[str, str], at: str = "") -> Any:
    """The JSON value; NOTHING where nothing was given, but null in a list, where each item keeps its place.

    What is wrong goes into `errors`, by pointer; the value is then without it.
    """
    match given:
        case None:
            return NOTHING
        case dict():
            return _object(shape, given, errors, at)
        case list():
            return _list(shape, given, errors, at)
        case _:
            return _scalar(shape, given, errors, at)


def _object(shape: Shape, given: Mapping[str, Typed], errors: dict[str, str], at: str) -> dict[str, Any]:
    found = {one.name: value(one, given.get(one.name), errors, at + pointer([one.name])) for one in shape.members}
    return {name: one for name, one in found.items() if one is not NOTHING}


def _list(shape: Shape, given: list[Typed], errors: dict[str, str], at: str) -> Any:
    if shape.item is None or (not given and not shape.required):
        return NOTHING
    found = [value(shape.item, item, errors, f"{at}/{place}") for place, item in enumerate(given)]
    return [None if item is NOTHING else item for item in found]


def _scalar(shape: Shape, text: str, errors: dict[str, str], at: str) -> Any:
    if shape.kind is Kind.CONST:
        return shape.only
    if shape.kind is Kind.CHECKBOX:
        return text == "true"
    if not text.strip():
        if shape.required:
            errors[at] = REQUIRED
        return NOTHING
    try:
        return _read(shape, text)
    except ValueError as error:
        errors[at] = str(error)
        return NOTHING


def _read(shape: Shape, text: str) -> JsonValue:
    """Raises ValueError, with words for who typed it."""
    match shape.kind:
        case Kind.INTEGER:
            if not _WHOLE.fullmatch(text.strip()):
                raise ValueError("A whole number, as in 12.")
            return int(text)
        case Kind.NUMBER:
            found = _json(text.strip(), NUMBER)
            if isinstance(found, int | float) and not isinstance(found, bool):
                return found
            raise ValueError(NUMBER)
        case Kind.CHOICE:
            if text not in dict(shape.choices):
                raise ValueError("Choose one of these.")
            return _json(text, "Choose one of these.")
        case Kind.DATE:
            if not _DATE.fullmatch(text.strip()):
                raise ValueError("A date, as in 2026-01-31.")
            return text.strip()
        case Kind.MOMENT:
            return _utc(text.strip())
        case Kind.JSON:
            return _json(text)
        case _:
            return text


def _json(text: str, otherwise: str | None = None) -> JsonValue:
    try:
        return strict_json.read(text.encode())
    except (MalformedJson, UnicodeEncodeError) as error:
        raise ValueError(otherwise or f"This is {error}.") from None


def _utc(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("A date and a time, as in 2026-01-31 12:00.") from None
    return moment.isoformat().replace("+00:00", "Z")


def _local(text: str) -> str:
    """As a field for date and time takes it."""
    try:
        return _utc(text).removesuffix("Z")
    except ValueError:
        raise Misfit from None


def _group(shape: Shape, value: Mapping[str, Any]) -> Typed:
    if value.keys() - {member.name for member in shape.members}:
        raise Misfit
    if any(member.required and member.name not in value for member in shape.members):
        raise Misfit
    return {
        member.name: typed(member, value[member.name]) if member.name in value else _absent(member)
        for member in shape.members
    }


def _absent(shape: Shape) -> Typed:
    """A member that is not in a value: left blank, it is not in the next one either. A box is ticked or it isn't."""
    return blank(shape) if shape.kind is Kind.CHECKBOX else blank(replace(shape, default=NOTHING, required=False))


def _exact(number: float) -> str:
    return to_json(number).decode()


def _pretty(value: Any) -> str:
    return to_json(value, indent=2).decode()
