"""Reads a JSON Schema as a form: what has fields of its own gets them, anything else is JSON text.

Source: JSON Schema 2020-12, as pydantic writes it for a handler's model.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

DEEPEST = 5
"""Groups within groups beyond this are JSON text."""
_CLASS, _INNER = re.compile(r"(?:[A-Z][a-z0-9]+)+"), re.compile(r"(?<!^)[A-Z]")
"""What pydantic titles a model with: the name of its class."""
ONE_LINE = 200
"""Text that may be longer than so many characters gets room for lines."""


class Kind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    LINES = "lines"
    INTEGER = "integer"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"
    """Date and time, in UTC."""
    LIST = "list"
    GROUP = "group"
    JSON = "json"
    CONST = "const"
    """One value, which nobody has to give."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value: not even null."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Shape:
    """One field, or some that belong together."""

    kind: Kind
    name: str = ""
    """Of the member; empty for the input itself and for the items of a list."""
    label: str = ""
    hint: str = ""
    required: bool = True
    default: Any = NOTHING
    choices: tuple[tuple[str, str], ...] = ()
    """The JSON of each, and how it is shown."""
    members: tuple["Shape", ...] = ()
    item: "Shape | None" = None
    only: Any = NOTHING
    """The value of a `const`."""


def shape_of(schema: Mapping[str, Any]) -> Shape:
    """The input of a handler: a group, or JSON text where the schema names no members."""
    found = _Reader(schema).read(schema, "", required=True, depth=0, refs=())
    return found if found.kind is Kind.GROUP else Shape(Kind.JSON, label="Input", hint="A JSON object.")


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def read(self, schema: Any, name: str, *, required: bool, depth: int, refs: tuple[str, ...]) -> Shape:
        asked = schema
        inner, nullable, refs = self._resolved(schema, refs)
        default = asked.get("default", NOTHING) if isinstance(asked, Mapping) else NOTHING
        words = {**inner, **asked} if isinstance(asked, Mapping) else inner
        told = Shape(
            Kind.JSON,
            name,
            _label(name, asked if isinstance(asked, Mapping) else {}, inner),
            _hint(words, inner),
            required and not nullable and default is NOTHING,
            default,
        )
        if "const" in inner:
            return replace(told, kind=Kind.CONST, required=False, only=inner["const"])
        if isinstance(options := inner.get("enum"), list) and options:
            return replace(told, kind=Kind.CHOICE, choices=tuple((json.dumps(one), _shown(one)) for one in options))
        match inner.get("type"):
            case "string":
                return replace(told, kind=_text_kind(inner))
            case "integer":
                return replace(told, kind=Kind.INTEGER)
            case "number":
                return replace(told, kind=Kind.NUMBER)
            case "boolean" if told.required or isinstance(default, bool):
                return replace(told, kind=Kind.CHECKBOX)
            case "boolean":
                return replace(told, kind=Kind.CHOICE, choices=(("true", "yes"), ("false", "no")))
            case "array" if (item := self._item(inner, depth, refs)) is not None:
                return replace(told, kind=Kind.LIST, item=item)
            case "object" if (members := self._members(inner, depth, refs)) is not None:
                return replace(told, kind=Kind.GROUP, members=members)
            case _:
                return replace(told, hint=f"{told.hint} As JSON.".lstrip())

    def _resolved(self, schema: Any, refs: tuple[str, ...]) -> tuple[Mapping[str, Any], bool, tuple[str, ...]]:
        """Without references and without `or null`, as far as that can be said in one schema; else an empty one."""
        nullable = False
        for _ in range(20):
            if not isinstance(schema, Mapping):
                return {}, nullable, refs
            if isinstance(ref := schema.get("$ref"), str):
                target = self._target(ref)
                if ref in refs or target is None:
                    return {}, nullable, refs
                schema, refs = {**target, **{key: each for key, each in schema.items() if key != "$ref"}}, (*refs, ref)
                continue
            arms = next((schema[key] for key in ("anyOf", "oneOf", "allOf") if key in schema), None)
            if arms is not None:
                others = [arm for arm in arms if not (isinstance(arm, Mapping) and arm.get("type") == "null")]
                if len(others) != 1 or (len(arms) > 1 and "allOf" in schema):
                    return {}, nullable, refs
                nullable = nullable or len(arms) > 1
                schema = others[0]
                continue
            if isinstance(types := schema.get("type"), list):
                plain = [one for one in types if one != "null"]
                if len(plain) != 1:
                    return {}, nullable, refs
                nullable = nullable or len(types) > 1
                schema = {**schema, "type": plain[0]}
            return schema, nullable, refs
        return {}, nullable, refs

    def _target(self, ref: str) -> Mapping[str, Any] | None:
        found: Any = self._root if ref.startswith("#/") else None
        for part in ref[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            found = found.get(part) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else None

    def _item(self, schema: Mapping[str, Any], depth: int, refs: tuple[str, ...]) -> Shape | None:
        items = schema.get("items")
        if not isinstance(items, Mapping) or "prefixItems" in schema or depth >= DEEPEST:
            return None
        item = self.read(items, "", required=True, depth=depth + 1, refs=refs)
        return None if item.kind in (Kind.JSON, Kind.LIST, Kind.CONST, Kind.CHECKBOX) else item

    def _members(self, schema: Mapping[str, Any], depth: int, refs: tuple[str, ...]) -> tuple[Shape, ...] | None:
        properties, needed = schema.get("properties"), schema.get("required", ())
        closed = schema.get("additionalProperties") is False
        if not isinstance(properties, Mapping):
            return () if closed else None
        if depth >= DEEPEST or (not properties and not closed):
            return None
        return tuple(
            self.read(each, name, required=name in needed, depth=depth + 1, refs=refs)
            for name, each in properties.items()
        )


def _text_kind(schema: Mapping[str, Any]) -> Kind:
    match schema.get("format"):
        case "date":
            return Kind.DATE
        case "date-time":
            return Kind.MOMENT
    longest = schema.get("maxLength")
    short = "pattern" in schema or "format" in schema or (isinstance(longest, int) and longest <= ONE_LINE)
    return Kind.TEXT if short else Kind.LINES


def _label(name: str, asked: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    """The title of the member itself, else its name; what it refers to may be titled for all who refer to it."""
    title = asked.get("title") if name else inner.get("title")
    if isinstance(title, str) and title:
        return _INNER.sub(lambda found: f" {found[0].lower()}", title) if _CLASS.fullmatch(title) else title
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ")
    return spaced.strip().capitalize()


def _hint(words: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What it is for, as the schema says, and what it must be like."""
    described = words.get("description")
    said = [described.strip().rstrip(".")] if isinstance(described, str) and described.strip() else []
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        said.append(f"{least} to {most}")
    elif least is not None or most is not None:
        said.append(f"at least {least}" if least is not None else f"at most {most}")
    if isinstance(pattern := schema.get("pattern"), str):
        said.append(f"like {pattern}")
    if isinstance(longest := schema.get("maxLength"), int):
        said.append(f"at most {longest} characters")
    if schema.get("format") == "date-time":
        said.append("in UTC")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _shown(option: Any) -> str:
    return option if isinstance(option, str) else json.dumps(option, ensure_ascii=False)


def every(shape: Shape) -> Sequence[Shape]:
    """The shape and all within it."""
    inner = [*shape.members, *([shape.item] if shape.item is not None else [])]
    return [shape, *(each for one in inner for each in every(one))]
