"""JSON in which every number is the text that it was written as: 2^53 + 1, 1.50 and 1e400 are shown as they stand."""

import json
from typing import TypeAlias


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


def pretty(value: Value) -> str:
    """JSON over several lines, one member each, numbers and text exact."""
    return "\n".join(_lines(value, "", "", ""))


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
