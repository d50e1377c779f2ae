"""A payload is read as its view says; what the view leaves out is listed, and a view that does not fit is told."""

import json
from typing import Any

import pytest

from sluicegate_checkpoint_svc.showing.reading import Reading, read

FILES = [{"path": "a", "content": "x\n", "present": None}]
TABLE = {"columns": ["a"], "rows": [[1]]}


def reading(payload: Any, **view: Any) -> Reading:
    return read(json.dumps(payload), json.dumps(view) if view else None)


def test_files_with_what_belongs_to_them() -> None:
    found = reading({"target": "site", "files": FILES, "notes": ["x", {"y": 1}]}, kind="files", at="/files")
    assert found.files is not None
    assert (len(found.files), found.added, found.removed) == (1, 1, 0)
    assert [(fact.name, fact.values) for fact in found.facts] == [("target", ((None, "site"),))]
    assert [aside.name for aside in found.asides] == ["notes"]


def test_a_table_beside_what_it_was() -> None:
    payload = {"before": TABLE, "after": TABLE, "steps": TABLE, "rows": {"in": 1, "out": 1}}
    found = reading(payload, kind="table", at="/after", before="/before", words=["Keep all"])
    assert found.sheet is not None
    assert found.before is not None
    assert found.words == ("Keep all",)
    assert [aside.name for aside in found.asides if aside.sheet] == ["steps"]
    assert [(fact.name, [name for name, _ in fact.values]) for fact in found.facts] == [("rows", ["in", "out"])]


def test_a_table_from_before_that_is_none_is_listed() -> None:
    found = reading({"before": 1, "after": TABLE}, kind="table", at="/after", before="/before")
    assert found.before is None
    assert [fact.name for fact in found.facts] == ["before"]


def test_a_part_as_a_tree_and_the_rest_beside_it() -> None:
    found = reading({"a": {"b": 1}, "c": [1]}, kind="json", at="/a")
    assert found.tree is not None
    assert [child.name for child in found.tree.children] == ["b"]
    assert [aside.name for aside in found.asides] == ["c"]


def test_without_a_view_all_of_it_is_a_tree() -> None:
    found = reading({"a": 1, "b": FILES})
    assert found.tree is not None
    assert (found.tree.size, found.misfit, found.asides, found.facts) == (2, None, (), ())


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ({"kind": "chart", "at": ""}, "“chart”, which this console doesn't know"),
        ({"kind": "files", "at": "/nowhere"}, "/nowhere shown as “files”"),
        ({"kind": "files", "at": "/b"}, "/b shown as “files”"),
        ({"kind": "table", "at": "/a"}, "not of that shape"),
        ({"kind": "json", "at": "no pointer"}, "not of that shape"),
    ],
)
def test_a_view_that_does_not_fit_shows_all_as_a_tree_and_says_so(view: Any, told: str) -> None:
    found = reading({"a": FILES, "b": 1}, **view)
    assert found.tree is not None
    assert found.tree.size == 2
    assert found.misfit is not None
    assert told in found.misfit


@pytest.mark.parametrize("value", ["two\nlines", "x" * 201, {"a": 1, "b": [1]}, {}, {str(n): n for n in range(7)}, [1]])
def test_what_is_no_short_fact_stands_by_itself(value: Any) -> None:
    found = reading({"files": FILES, "x": value}, kind="files", at="/files")
    assert ([fact.name for fact in found.facts], [aside.name for aside in found.asides]) == ([], ["x"])
