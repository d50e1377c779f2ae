"""Lays a JSON value out for reading: one member per line, text of several lines as a marked block."""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from sluicegate.cli import terminal_safe


def lines(value: JsonValue, indent: str = "") -> Iterator[str]:
    """The lines of `value`, safe to print. A block's mark keeps its text from passing as structure."""
    match value:
        case dict() if value:
            for name, member in value.items():
                yield from _named(f"{_scalar(name)}:", member, indent)
        case list() if value:
            for item in value:
                yield from _named("-", item, indent)
        case _:
            yield indent + _scalar(value)


def _named(name: str, value: JsonValue, indent: str) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield f"{indent}{name}"
        yield from (f"{indent}  │ {terminal_safe.line(text)}" for text in value.split("\n"))
    elif isinstance(value, dict | list) and value:
        yield f"{indent}{name}"
        yield from lines(value, indent + "  ")
    else:
        yield f"{indent}{name} {_scalar(value)}"


def _scalar(value: JsonValue) -> str:
    return terminal_safe.line(json.dumps(value, ensure_ascii=False))
