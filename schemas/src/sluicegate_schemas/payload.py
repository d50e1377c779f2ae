"""Encodes what a person approves, once, and names the bytes by their digest.

The bytes are stored and passed on as they are; nothing re-serialises them, so what was approved is what runs.
"""

import hashlib
import json
from typing import Any

from pydantic import BaseModel

from sluicegate_schemas.errors import UnencodablePayload
from sluicegate_schemas.strict_json import MAX_DEPTH, depth, holds_nul


def encode(value: Any) -> bytes:
    """The exact bytes of `value`: JSON with sorted keys, no spaces, UTF-8.

    Takes what JSON knows (None, bool, int, finite float, str, list, tuple, dict with str keys) and pydantic models.

    Raises:
        UnencodablePayload: NaN, infinity, sets, bytes, keys that are no strings, U+0000, lone surrogates,
            depth over 64.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_model
        )
        data = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UnencodablePayload(f"can't be kept as JSON: {error}") from error
    if "\\u0000" in text or '":' in text or "[" in text:
        _check_shape(json.loads(text))
        _check_keys(value)
    return data


def digest(data: bytes) -> str:
    """`sha256:` and the hex digest of the exact bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _model(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _check_shape(read_back: Any) -> None:
    if depth(read_back) > MAX_DEPTH:
        raise UnencodablePayload(f"nested deeper than {MAX_DEPTH}")
    if holds_nul(read_back):
        raise UnencodablePayload("a string holds U+0000")


def _check_keys(value: Any) -> None:
    """`json.dumps` would turn 1 and "1" into the same key. A model's keys are strings by now."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise UnencodablePayload(f"the key {key!r} is not a string")
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
