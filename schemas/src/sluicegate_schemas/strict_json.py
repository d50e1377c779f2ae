"""Reads JSON strictly; integers stay exact.

Refused: duplicate keys, NaN, U+0000, lone surrogates, trailing data, depth over 64.
"""

import re
from typing import TypeAlias

import jiter

from sluicegate_schemas.errors import MalformedJson

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"

MAX_DEPTH = 64

_LONG_EXPONENT = re.compile(rb"[eE]\+?[0-9]{3,}(?=[\s,\]}]|$)")
"""Followed by what follows a number: the hexadecimal digits of ids look like exponents too often."""
_DIGITS_ALIKE = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 200


def read(data: bytes) -> JsonValue:
    """Parse UTF-8 JSON bytes.

    Raises:
        MalformedJson: with the place, in words a caller can act on.
    """
    try:
        value: JsonValue = jiter.from_json(
            data, allow_inf_nan=False, catch_duplicate_keys=True, partial_mode=False, float_mode="float"
        )
    except ValueError as error:
        raise MalformedJson(f"not valid JSON: {error}") from error
    except RecursionError as error:  # pragma: no cover - jiter answers with ValueError today
        raise MalformedJson(f"nested deeper than {MAX_DEPTH}") from error
    if b"\\u0000" in data and holds_nul(value):
        raise MalformedJson("a string holds U+0000, which is not allowed")
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and depth(value) > MAX_DEPTH:
        raise MalformedJson(f"nested deeper than {MAX_DEPTH}")
    if _may_overflow(data) and _holds_infinity(value):
        raise MalformedJson("a number is too large to be kept exactly")
    return value


def _may_overflow(data: bytes) -> bool:
    """A number over 1.8e308 has an exponent of three digits, or over 200 digits before a shorter one.

    Found in 3 µs per 600 bytes; one pattern for both takes ten times as long.
    """
    return _LONG_EXPONENT.search(data) is not None or _LONG_NUMBER in data.translate(_DIGITS_ALIKE)


def depth(value: JsonValue) -> int:
    """How deep lists and objects nest; a scalar is 0."""
    deepest, pending = 0, [(value, 0)]
    while pending:
        item, level = pending.pop()
        children = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
        if children is not None:
            deepest = max(deepest, level + 1)
            pending.extend((child, level + 1) for child in children)
    return deepest


def _scalars(value: JsonValue) -> list[None | bool | int | float | str]:
    found: list[bool | int | float | str | None] = []
    pending: list[JsonValue] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            found.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        else:
            found.append(item)
    return found


def holds_nul(value: JsonValue) -> bool:
    """Whether a string, or a key, holds U+0000, which PostgreSQL's text can't keep."""
    return any(isinstance(item, str) and "\0" in item for item in _scalars(value))


def _holds_infinity(value: JsonValue) -> bool:
    return any(isinstance(item, float) and item in (float("inf"), float("-inf")) for item in _scalars(value))
