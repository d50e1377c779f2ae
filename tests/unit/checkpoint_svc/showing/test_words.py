"""Lines stand beside those that they became, and what changed in them is marked."""

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.words import marked, pairs

LINES = st.lists(st.sampled_from(["", "}", "return a", "return b", "a = b + c", "x y z", "a = b + d"]), max_size=12)


@given(LINES, LINES)
def test_each_line_stands_there_once_and_in_order(old: list[str], new: list[str]) -> None:
    rows = pairs(old, new)
    assert [a for a, _ in rows if a is not None] == list(range(len(old)))
    assert [b for _, b in rows if b is not None] == list(range(len(new)))
    assert all(row != (None, None) for row in rows)


def test_lines_that_are_alike_stand_together() -> None:
    old = ["/** Compares two tokens. */"]
    new = ["import { x } from 'y';", "", "/** Compares two tokens in constant time. */"]
    assert pairs(old, new) == [(None, 0), (None, 1), (0, 2)]


def test_lines_with_nothing_in_common_share_a_row_unmarked() -> None:
    old, new = "return given === expected;", "const a = Buffer.from(token);"
    assert pairs([old], [new]) == [(0, 0)]
    assert marked(old, new) == ([(False, old)], [(False, new)])


def test_many_lines_stand_in_order() -> None:
    assert pairs(["a"] * 40, ["b"] * 30)[28:32] == [(28, 28), (29, 29), (30, None), (31, None)]


@given(st.text("ab =(\u202e", max_size=30), st.text("ab =(\u202e", max_size=30))
def test_pieces_make_the_lines(old: str, new: str) -> None:
    before, after = marked(old, new)
    assert "".join(text for _, text in before) == old
    assert "".join(text for _, text in after) == new
    if any(changed for changed, _ in before + after):
        same = ["".join(text for changed, text in side if not changed) for side in (before, after)]
        assert same[0] == same[1]


def test_the_words_that_changed_are_marked() -> None:
    before, after = marked('if (role === "admin")', 'if (role !== "user")')
    assert [text for changed, text in before if changed] == ["=", "admin"]
    assert [text for changed, text in after if changed] == ["!", "user"]


def test_a_line_of_many_words_is_marked_as_a_whole() -> None:
    assert marked("a " * 400, "b") == ([(False, "a " * 400)], [(False, "b")])
