"""A number is read exactly, or refused: none becomes infinite on the way."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson


@pytest.mark.parametrize(
    "number",
    [
        "1e400",
        "-1E+400",
        "1e0000400",
        "1.5e309",
        "9" * 400 + ".0",
        "9" * 215 + "e99",
        '{"a": [1e999]}',
        "1" + "0" * 211 + "E98",
    ],
)
def test_a_number_that_would_be_infinite_is_refused(number: str) -> None:
    with pytest.raises(MalformedJson, match="too large"):
        strict_json.read(number.encode())


@given(st.integers(0, 10**230), st.integers(0, 400), st.sampled_from(["e", "E", "e+", "e-"]), st.booleans())
def test_what_is_read_is_finite_and_what_is_refused_is_not(mantissa: int, exponent: int, e: str, dot: bool) -> None:
    text = f"{mantissa}{'.5' if dot else ''}{e}{exponent}"
    try:
        value = strict_json.read(text.encode())
    except MalformedJson:
        assert math.isinf(float(text))
    else:
        assert value == float(text)
        assert math.isfinite(float(text))


@pytest.mark.parametrize("number", [2**53 + 1, 10**60, -(10**400)])
def test_integers_stay_exact(number: int) -> None:
    assert strict_json.read(str(number).encode()) == number
