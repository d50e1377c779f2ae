"""A change of files is shown as what becomes of each."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.exact import parse
from sluicegate_checkpoint_svc.showing.files import CONTEXT_LINES, Drawing, FileChange, Line, What, draw, read
from sluicegate_checkpoint_svc.showing.parts import Part


def changes(*items: Any) -> list[FileChange] | None:
    return read(Part("/files", parse(json.dumps(items))))


def only(*items: Any) -> FileChange:
    found = changes(*items)
    assert found is not None
    return found[0]


def change(content: str, present: str | None, **more: Any) -> FileChange:
    facts = None if present is None else {"content": present, "digest": "sha256:00", "bytes": len(present.encode())}
    return only({"path": "a.txt", "content": content, "present": facts, **more})


def text(line: Line | None) -> str:
    return "".join(piece for _, piece in line.pieces) if line else ""


def shown(drawing: Drawing) -> list[tuple[str, str, str]]:
    """Sign and texts of each row."""
    return [
        ("=" if block.same else "~", text(old), text(new))
        for hunk in drawing.hunks
        for block in hunk.blocks
        for old, new in zip(block.old, block.new, strict=True)
    ]


def test_what_becomes_of_a_file() -> None:
    assert change("new\n", None).what is What.NEW
    assert change("new\n", "old\n").what is What.CHANGED
    assert change("old\n", "old\n").what is What.SAME
    binary = only({"path": "a", "content": "x", "present": {"content": None, "digest": "d", "bytes": 2**70}})
    assert (binary.what, binary.present_digest, binary.present_bytes) == (What.REPLACED, "d", str(2**70))


def test_lines_are_counted_and_shown_side_by_side() -> None:
    found = change("one\nthree\nfour\n", "one\ntwo\nthree\n")
    assert (found.added, found.removed) == (1, 1)
    assert shown(draw(found)) == [("=", "one", "one"), ("~", "two", ""), ("=", "three", "three"), ("~", "", "four")]


def test_what_is_far_from_a_change_is_skipped_and_counted() -> None:
    old = [f"line {number}" for number in range(100)]
    new = [*old[:50], "changed", *old[51:]]
    drawing = draw(change("\n".join(new), "\n".join(old)))
    (hunk,) = drawing.hunks
    assert (hunk.skipped, drawing.skipped) == (50 - CONTEXT_LINES, 49 - CONTEXT_LINES)
    assert len(shown(drawing)) == 2 * CONTEXT_LINES + 1


def test_changes_close_together_are_one_hunk() -> None:
    old = [f"line {number}" for number in range(40)]
    near = [*old[:10], "x", *old[11:14], "y", *old[15:]]
    far = [*old[:10], "x", *old[11:30], "y", *old[31:]]
    assert [len(draw(change("\n".join(new), "\n".join(old))).hunks) for new in (near, far)] == [1, 2]


@given(
    st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=40),
    st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=40),
    st.integers(0, 20),
)
def test_what_is_not_drawn_is_counted(old: list[str], new: list[str], limit: int) -> None:
    found = change("\n".join(new), "\n".join(old))
    drawing = draw(found, limit)
    lines = sum(sign == "~" for sign, _, _ in shown(drawing))
    drawn = sum(block.lines for hunk in drawing.hunks for block in hunk.blocks if not block.same)
    assert drawn <= limit
    assert drawn + drawing.folded == found.added + found.removed
    assert lines <= drawn or drawn == 0


def test_a_long_line_is_cut_and_says_by_how_much() -> None:
    ((_, _, new),) = shown(draw(change("x" * 6000, None)))
    (hunk,) = draw(change("x" * 6000, None)).hunks
    line = hunk.blocks[0].new[0]
    assert line is not None
    assert (len(new), line.cut) == (5000, 1000)


def test_a_last_line_without_its_end_is_told() -> None:
    assert draw(change("a", None)).ends_without_newline
    assert not draw(change("a\n", None)).ends_without_newline
    assert not draw(change("", "a\n")).ends_without_newline


def test_members_that_the_view_does_not_know_are_listed() -> None:
    facts = {"content": "", "digest": "d", "bytes": 0, "owner": "x"}
    found = only({"path": "a", "content": "", "mode": "0755", "present": facts})
    assert [(part.pointer, part.value) for part in found.others] == [
        ("/files/0/mode", "0755"),
        ("/files/0/present/owner", "x"),
    ]


@pytest.mark.parametrize(
    "items",
    [
        [],
        ["a"],
        [{"path": "a"}],
        [{"path": 1, "content": "x"}],
        [{"path": "a", "content": None}],
        [{"path": "a", "content": "x", "present": "y"}],
        [{"path": "a", "content": "x", "present": {"content": 1}}],
        [{"path": "a", "content": "x"}, {"path": "b"}],
    ],
)
def test_another_shape_is_no_change_of_files(items: list[Any]) -> None:
    assert changes(*items) is None


def test_lines_around_many_small_changes_count_as_drawn_too() -> None:
    new = "".join(f"line {number}\n" for number in range(4000))
    old = "".join(f"line {number}\n" if number % 8 else "another\n" for number in range(4000))
    file = change(new, old)
    drawing = draw(file, 500)
    drawn = [block for hunk in drawing.hunks for block in hunk.blocks]
    assert sum(len(block.old) for block in drawn) < 520
    changed = sum(block.lines for block in drawn if not block.same)
    assert changed + drawing.folded == file.added + file.removed
    assert drawing.folded > 0
