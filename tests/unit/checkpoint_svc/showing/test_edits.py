"""An edit changes what somebody changed, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.edits import changes_between, editable, readable, same, with_contents
from sluicegate_checkpoint_svc.showing.exact import parse
from sluicegate_checkpoint_svc.showing.files import read
from sluicegate_checkpoint_svc.showing.parts import find
from tests.unit.checkpoint_svc.showing.values import VALUES, text_of


def payload(*contents: str) -> str:
    files = [{"path": f"{number}.txt", "content": text, "present": None} for number, text in enumerate(contents)]
    return text_of({"n": 2**53 + 1, "files": files})


def forms(text: str) -> dict[int, str]:
    """What the form's fields hold at first, as a browser sends them back."""
    part = find(parse(text), "/files")
    assert part is not None
    found = read(part)
    assert found is not None
    return {each.number: each.text for each in editable(found) if each.editable}


CONTENT = st.text("ab\r\n", max_size=12)


@given(st.lists(CONTENT, min_size=1, max_size=4))
def test_a_form_that_nobody_touched_changes_no_byte(contents: list[str]) -> None:
    text = payload(*contents)
    assert with_contents(text, "/files", forms(text)) == text


@given(st.text("ab\n", max_size=10), st.text("ab\n", max_size=10))
def test_what_was_typed_is_in_the_file(old: str, new: str) -> None:
    edited = json.loads(with_contents(payload(old, "other\r\n"), "/files", {0: new}))
    assert [file["content"] for file in edited["files"]] == [new, "other\r\n"]
    assert edited["n"] == 2**53 + 1


def test_ends_of_lines_come_back_as_they_were() -> None:
    edited = json.loads(with_contents(payload("a\r\nb\r\n"), "/files", {0: "a\nc\n"}))
    assert edited["files"][0]["content"] == "a\r\nc\r\n"


@pytest.mark.parametrize("content", ["a\r\nb\n", "a\rb", "\r"])
def test_mixed_ends_of_lines_can_t_be_edited_as_text(content: str) -> None:
    text = payload(content)
    assert forms(text) == {}
    assert with_contents(text, "/files", {0: "x"}) == text


def test_a_number_that_is_no_file_changes_nothing() -> None:
    text = payload("a\n")
    assert with_contents(text, "/files", {7: "x", -1: "y"}) == text
    assert with_contents(text, "/nowhere", {0: "x"}) == text


@given(VALUES)
def test_laying_out_anew_is_no_change(value: Any) -> None:
    assert same(text_of(value), json.dumps(value, sort_keys=True, indent=3))
    assert not same(text_of([value]), text_of([value, 0]))


def test_changed_contents_are_shown_file_by_file() -> None:
    found = changes_between(payload("a\n", "b\n", "c\n"), payload("a\n", "x\n", "c\n"), "/files")
    assert [(change.path, change.added, change.removed) for change in found] == [("1.txt", 1, 1)]


@pytest.mark.parametrize("edited", [payload("a\n", "b\n"), payload("a\n").replace("0.txt", "1.txt"), '{"files":1}'])
def test_any_other_change_is_shown_in_the_payload_as_a_whole(edited: str) -> None:
    (change,) = changes_between(payload("a\n"), edited, "/files")
    assert change.path == "payload"
    assert change.added + change.removed > 0


def test_text_of_several_lines_is_set_off() -> None:
    assert readable(parse('{"a":{"b":"x\\ny"},"c":[1,{"d":[]}],"e":{}}')) == [
        '"a":',
        '  "b":',
        "    │ x",
        "    │ y",
        '"c":',
        "  - 1",
        "  -",
        '    "d": []',
        '"e": {}',
    ]


@given(VALUES, VALUES)
def test_two_values_never_read_alike(one: Any, other: Any) -> None:
    ours, theirs = text_of(one), text_of(other)
    if ours != theirs:
        assert readable(parse(ours)) != readable(parse(theirs))
