"""JSON in which every number is the text that it was written as: 2^53 + 1, 1.50 and 1e400 are shown as they stand."""

import json
from typing import TypeAlias

from sluicegate_schemas.misleading import misleads


class Number(str):
    """A number, as its digits."""

    __slots__ = ()


Value: TypeAlias = "None | bool | Number | str | list[Value] | dict[str, Value]"
Scalar: TypeAlias = None | bool | Number | str


def parse(text: str) -> Value:
    """JSON text that has been read strictly before."""
    value: Value = json.loads(text, parse_int=Number, parse_float=Number)
    return value


def is_scalar(value: Value) -> bool:
    """Whether it holds nothing else."""
    return not isinstance(value, list | dict)


def scalar_text(value: Scalar) -> str:
    """As it stands in JSON."""
    if isinstance(value, Number):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def compact(value: Value) -> str:
    """JSON without spaces, numbers and text exact: the bytes that the worker would write."""
    match value:
        case dict():
            members = (f"{json.dumps(name, ensure_ascii=False)}:{compact(member)}" for name, member in value.items())
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(map(compact, value)) + "]"
        case _:
            return scalar_text(value)


def pretty(value: Value) -> str:
    """JSON over several lines, one member each, numbers and text exact; what would hide in a text field is escaped."""
    text = "\n".join(_lines(value, "", "", ""))
    # Between the members of JSON stand plain spaces and ends of lines only, so whatever is found is inside a string.
    for character in sorted(each for each in set(text) if each != "\n" and misleads(each)):
        text = text.replace(character, _escaped(character))
    return text


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


def _lines(value: Value, indent: str, name: str, end: str) -> list[str]:
    match value:
        case dict() if value:
            lines = [f"{indent}{name}{{"]
            for place, (key, member) in enumerate(value.items(), start=1):
                comma = "," if place < len(value) else ""
                lines += _lines(member, indent + "  ", f"{json.dumps(key, ensure_ascii=False)}: ", comma)
            return [*lines, f"{indent}}}{end}"]
        case list() if value:
            lines = [f"{indent}{name}["]
            for place, item in enumerate(value, start=1):
                lines += _lines(item, indent + "  ", "", "," if place < len(value) else "")
            return [*lines, f"{indent}]{end}"]
        case dict() | list():
            return [f"{indent}{name}{'{}' if isinstance(value, dict) else '[]'}{end}"]
        case _:
            return [f"{indent}{name}{scalar_text(value)}{end}"]
