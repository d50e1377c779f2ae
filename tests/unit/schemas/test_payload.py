"""Approved bytes are what runs: one exact encoding, the same for equal values; refused where JSON can't be exact."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sluicegate_schemas.errors import UnencodablePayload
from sluicegate_schemas.payload import digest, encode
from sluicegate_schemas.strict_json import MAX_DEPTH, read
from tests.unit.schemas.test_strict_json import keys, scalars, values


class File(BaseModel):
    """As a handler would declare it."""

    path: str
    size: float = 1


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


CIRCULAR: list[Any] = []
CIRCULAR.append(CIRCULAR)

REFUSED: dict[str, Any] = {
    "NaN": {"a": float("nan")},
    "infinity": [float("-inf")],
    "a set": {1, 2},
    "bytes": b"abc",
    "a time": datetime(2026, 1, 31, tzinfo=UTC),
    "a decimal": Decimal("1.5"),
    "a UUID": UUID(int=1),
    "an object": object(),
    "an integer key": {1: "a"},
    "an integer key beside its text": {1: "a", "1": "b"},
    "a boolean key": [{True: 1}],
    "a null key deep inside": {"a": [({None: 1},)]},
    "U+0000": "a\0b",
    "U+0000 in a key": {"a\0": 1},
    "U+0000 in a model": [File(path="a\0b")],
    "NaN in a model": File(path="a", size=float("nan")),
    "a lone surrogate": "\ud800",
    "a lone surrogate in a key": {"\udfff": 1},
    "65 levels": nested(MAX_DEPTH + 1),
    "5,000 levels": nested(5_000),
    "itself": CIRCULAR,
    "an integer that nobody can print": 10**5_000,
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_what_json_can_not_carry_exactly_is_refused(value: Any) -> None:
    with pytest.raises(UnencodablePayload):
        encode(value)


def test_the_encoding_is_sorted_without_spaces_and_utf8() -> None:
    value = {"b": [1, 2.5, None, True], "a": {"ø": "😀", "Z": "</script>"}}
    assert encode(value) == '{"a":{"Z":"</script>","ø":"😀"},"b":[1,2.5,null,true]}'.encode()


def test_models_and_tuples_are_taken_as_what_they_say() -> None:
    assert encode({"files": (File(path="a"),)}) == b'{"files":[{"path":"a","size":1.0}]}'


def test_64_levels_are_the_most() -> None:
    assert encode(nested(MAX_DEPTH))


def test_integers_beyond_2_to_the_53_stay_exact() -> None:
    assert encode([2**53 + 1, -(2**70)]) == b"[9007199254740993,-1180591620717411303424]"


def test_the_digest_is_over_the_bytes() -> None:
    assert digest(b"{}") == "sha256:" + hashlib.sha256(b"{}").hexdigest()


@given(values)
def test_the_bytes_say_the_value_and_strict_readers_take_them(value: Any) -> None:
    data = encode(value)
    assert read(data) == value
    assert json.loads(data) == value


@given(values)
def test_encoding_what_was_read_gives_the_same_bytes(value: Any) -> None:
    data = encode(value)
    assert encode(read(data)) == data


@given(st.dictionaries(keys, scalars))
def test_the_order_of_keys_changes_nothing(value: dict[str, Any]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


@given(values, values)
def test_other_bytes_mean_another_value(one: Any, other: Any) -> None:
    if encode(one) == encode(other):
        assert one == other
        assert digest(encode(one)) == digest(encode(other))
    else:
        assert digest(encode(one)) != digest(encode(other))
