"""JSON as the contracts allow it: the corpus of `reliability`, and everything that JSON can carry exactly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.strict_json import MAX_DEPTH, depth, read

REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "not UTF-8": b'"\xff"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00x"',
    "a lone surrogate in a key": b'{"\\ud800":1}',
    "U+0000 escaped": b'"a\\u0000b"',
    "U+0000 in a key": b'{"a\\u0000":1}',
    "U+0000 raw": b'"\x00"',
    "a raw control character": b'"\x1f"',
    "trailing data": b"{} {}",
    "a comment": b"{} // why",
    "a trailing comma": b"[1,]",
    "single quotes": b"{'a':1}",
    "a bare key": b"{a:1}",
    "truncated": b'{"a":[1,2',
    "a duplicate key": b'{"a":1,"b":2,"a":3}',
    "a duplicate key, one of them escaped": b'{"a":1,"\\u0061":2}',
    "a duplicate key deep inside": b'[{"x":[{"a":1,"a":1}]}]',
    "NaN": b"NaN",
    "Infinity": b"[Infinity]",
    "-Infinity": b"[-Infinity]",
    "1e400": b"1e400",
    "-1E400": b'{"a":-1E400}',
    "a float of 400 digits": b"[" + b"1" * 400 + b".5]",
    "an integer of 5,000 digits": b"9" * 5_000,
    "a leading zero": b"01",
    "a plus": b"+1",
    "a number that ends in a point": b"1.",
    "a word cut short": b"tru",
    "65 lists": b"[" * 65 + b"]" * 65,
    "65 objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "10,000 lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 open lists": b"[" * 10_000,
}
ACCEPTED: dict[str, tuple[bytes, Any]] = {
    "2^53 + 1": (b"9007199254740993", 9007199254740993),
    "an integer of 300 digits": (b"7" * 300, int("7" * 300)),
    "a pair of surrogates": (b'"\\ud83d\\ude00"', "😀"),
    "a backslash before u0000": (b'"\\\\u0000"', "\\u0000"),
    "blanks around": (b" \r\n\t[ 1 ] ", [1]),
    "the same key in two objects": (b'[{"a":1},{"a":1}]', [{"a": 1}, {"a": 1}]),
    "64 lists": (b"[" * 64 + b"]" * 64, None),
    "an empty key": (b'{"":0}', {"": 0}),
    "bidi and zero-width text": ('"\u202eabc\u200b"'.encode(), "\u202eabc\u200b"),
}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_this_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(MalformedJson) as refused:
        read(data)
    assert str(refused.value)


@pytest.mark.parametrize(("data", "value"), ACCEPTED.values(), ids=ACCEPTED)
def test_this_is_read_exactly(data: bytes, value: Any) -> None:
    found = read(data)
    assert value is None or found == value


def test_ten_megabytes_are_read() -> None:
    assert read(b'["' + b"x" * 10_000_000 + b'"]') == ["x" * 10_000_000]


@given(values)
def test_what_json_can_carry_comes_back(value: Any) -> None:
    for ascii_only in (True, False):
        assert read(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary())
def test_any_bytes_give_a_value_or_the_one_error(data: bytes) -> None:
    try:
        value = read(data)
    except MalformedJson:
        return
    assert depth(value) <= MAX_DEPTH
    assert json.loads(data) == value


@given(values)
def test_depth_counts_lists_and_objects(value: Any) -> None:
    assert depth([value]) == depth(value) + 1
    assert depth({"a": value}) == depth(value) + 1
