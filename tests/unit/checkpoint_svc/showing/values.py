"""JSON values for property tests, with the numbers and the texts that viewers get wrong."""

import json
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.integers(-(2**80), 2**80), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, -1, 2**53 + 1])
)
TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from('a\n\t"\\\u202e\u200b/~')), max_size=12)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)


def text_of(value: Any) -> str:
    """As the worker writes a payload."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
