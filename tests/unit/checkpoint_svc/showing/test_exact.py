"""No number and no text changes on its way to a reader, and back."""

import json
from typing import Any

import pytest
from hypothesis import given

from sluicegate_checkpoint_svc.showing.exact import Number, compact, parse, pretty
from sluicegate_schemas.misleading import misleads
from tests.unit.checkpoint_svc.showing.values import VALUES, text_of


@given(VALUES)
def test_what_was_read_is_written_byte_for_byte(value: Any) -> None:
    assert compact(parse(text_of(value))) == text_of(value)


@given(VALUES)
def test_laid_out_it_says_the_same_and_hides_nothing(value: Any) -> None:
    laid_out = pretty(parse(text_of(value)))
    assert compact(parse(laid_out)) == text_of(value)
    assert not any(misleads(character) for character in laid_out if character != "\n")


@pytest.mark.parametrize("number", ["12345678901234567890123", "1.50", "1e400", "-0", "1E5", "0.1e-7", "9" * 5000])
def test_a_number_is_its_digits(number: str) -> None:
    value = parse(f'{{"n":{number}}}')
    assert value == {"n": Number(number)}
    assert compact(value) == f'{{"n":{number}}}'
    assert pretty(value) == f'{{\n  "n": {number}\n}}'


def test_what_hides_in_a_text_field_is_written_as_an_escape() -> None:
    assert pretty(parse('"a\u202eb\U000e0041"')) == '"a\\u202eb\\udb40\\udc41"'
    assert json.loads(pretty(parse('"a\u202eb\U000e0041"'))) == "a\u202eb\U000e0041"
