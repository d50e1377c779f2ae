"""Every part of a payload is either what a view shows, or listed beside it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.exact import Value, compact, parse
from sluicegate_checkpoint_svc.showing.parts import Part, find, rest
from tests.unit.checkpoint_svc.showing.values import VALUES, text_of

VALUE = parse('{"a":{"b":[1,{"c":2}]},"a/b":3,"~":4,"":5,"0":6}')


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", compact(VALUE)),
        ("/a/b/0", "1"),
        ("/a/b/1/c", "2"),
        ("/a~1b", "3"),
        ("/~0", "4"),
        ("/", "5"),
        ("/0", "6"),
    ],
)
def test_a_pointer_finds_its_part(pointer: str, found: str) -> None:
    part = find(VALUE, pointer)
    assert part is not None
    assert compact(part.value) == found


@pytest.mark.parametrize("pointer", ["a", "/x", "/a/b/2", "/a/b/01", "/a/b/-1", "/a/b/-", "/a/b/1/c/d", "/a/b/٣"])
def test_a_pointer_to_nothing_finds_nothing(pointer: str) -> None:
    assert find(VALUE, pointer) is None


def test_parts_have_the_name_of_their_last_step() -> None:
    assert [Part(pointer, None).name for pointer in ("", "/a/b", "/a~1b", "/~01")] == ["payload", "b", "a/b", "~1"]


def test_the_rest_is_the_largest_parts_that_hold_nothing_covered() -> None:
    left = [(part.pointer, compact(part.value)) for part in rest(VALUE, frozenset({"/a/b/1", "/~0"}))]
    assert left == [("/a/b/0", "1"), ("/a~1b", "3"), ("/", "5"), ("/0", "6")]


def every_pointer(value: Value, at: str = "") -> list[str]:
    """Of a value and all that it holds."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    steps = [(str(name).replace("~", "~0").replace("/", "~1"), member) for name, member in members]
    return [at, *(pointer for step, member in steps for pointer in every_pointer(member, f"{at}/{step}"))]


@given(VALUES, st.randoms(use_true_random=False))
def test_nothing_is_left_out_and_nothing_is_told_twice(drawn: Any, choice: Any) -> None:
    value = parse(text_of(drawn))
    pointers = every_pointer(value)
    covered = frozenset(choice.sample(pointers, min(2, len(pointers))))
    told = [part.pointer for part in rest(value, covered)] + list(covered)
    for pointer in pointers:
        if not any(inner.startswith(pointer + "/") for inner in pointers):
            holders = {each for each in told if pointer == each or pointer.startswith(each + "/")}
            within = [each for each in covered if pointer == each or pointer.startswith(each + "/")]
            assert holders, pointer
            assert within or len(holders) == 1, pointer
