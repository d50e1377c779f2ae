"""A difference turns the old text into the new one, and no text makes it slow."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.lines import compare, split

LINES = st.lists(st.sampled_from(["", "}", "a", "b", "c", "d", "e"]), max_size=30)


@given(LINES, LINES)
def test_it_turns_one_into_the_other(old: list[str], new: list[str]) -> None:
    stretches = compare(old, new)
    made: list[str] = []
    a = c = 0
    for stretch in stretches:
        assert (stretch.a, stretch.c) == (a, c)
        a, c = stretch.b, stretch.d
        made += old[stretch.a : stretch.b] if stretch.same else new[stretch.c : stretch.d]
        assert stretch.b > stretch.a or stretch.d > stretch.c
        if stretch.same:
            assert old[stretch.a : stretch.b] == new[stretch.c : stretch.d]
    assert (a, c, made) == (len(old), len(new), new)
    assert all(one.same is not other.same for one, other in pairwise(stretches))


@given(LINES)
def test_equal_texts_are_one_stretch(lines: list[str]) -> None:
    assert [stretch.same for stretch in compare(lines, lines)] == ([True] if lines else [])


def test_a_line_that_is_there_once_is_a_fixed_point() -> None:
    old, new = ["}", "end", "}", "x"], ["x", "}", "}", "end", "}"]
    kept = [old[s.a : s.b] for s in compare(old, new) if s.same]
    assert kept == [["}", "end", "}"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([""] * 100_000, ["x", *[""] * 100_000]),
        (["a", "b"] * 50_000, [*["b", "a"] * 50_000, "c"]),
        ([str(number) for number in range(50_000)], [str(number) for number in range(50_000, 0, -1)]),
        (["{", "}"] * 40_000, ["}", "{", "{"] * 30_000),
    ],
    ids=["blank", "turned", "backwards", "braces"],
)
def test_hostile_texts_take_no_longer(old: list[str], new: list[str]) -> None:
    began = time.process_time()
    compare(old, new)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]), ("\n", [""]), ("a\r\nb", ["a\r", "b"])],
)
def test_a_text_is_split_at_ends_of_lines_alone(text: str, lines: list[str]) -> None:
    assert split(text) == lines
