"""A tree draws so much and counts the rest."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_checkpoint_svc.showing.exact import parse
from sluicegate_checkpoint_svc.showing.tree import DRAWN_CHARACTERS, OPEN_DEPTH, OPEN_MEMBERS, Node, tree
from tests.unit.checkpoint_svc.showing.values import VALUES, text_of


def nodes(node: Node) -> list[Node]:
    """All that are drawn."""
    return [node, *(inner for child in node.children for inner in nodes(child))]


def members(value: Any) -> int:
    """All that there are."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(members, inside))


@given(VALUES, st.integers(1, 30))
def test_what_is_not_drawn_is_counted_where_it_is_missing(value: Any, limit: int) -> None:
    drawn = nodes(tree(parse(text_of(value)), limit))
    assert len(drawn) == min(limit, members(value))
    assert all(node.folded >= 0 for node in drawn)
    assert any(node.folded for node in drawn) is (members(value) > limit)


def test_upper_levels_are_drawn_before_lower_ones() -> None:
    top = tree(parse('{"a":[1,2,3],"b":{"c":4},"d":5}'), 5)
    assert [child.name for child in top.children] == ["a", "b", "d"]
    assert [(child.name, child.folded) for child in top.children] == [("a", 2), ("b", 1), ("d", 0)]


def test_large_and_deep_ones_are_folded() -> None:
    many = tree(parse(text_of([[1] * OPEN_MEMBERS, [1] * (OPEN_MEMBERS + 1)])))
    assert [child.open for child in many.children] == [True, False]
    deep = nodes(tree(parse("[" * 10 + "1" + "]" * 10)))
    assert [node.open for node in deep if node.kind == "list"] == [True] * OPEN_DEPTH + [False] * (10 - OPEN_DEPTH)


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    node = tree(parse(text_of("x" * (DRAWN_CHARACTERS + 5))))
    assert (len(node.text), node.cut) == (DRAWN_CHARACTERS, 5)


def test_each_kind_of_value_is_told_from_the_others() -> None:
    top = tree(parse('{"text":"1","number":1,"word":null,"list":[],"object":{}}'))
    assert [child.kind for child in top.children] == [child.name for child in top.children]
    assert [child.name for child in tree(parse("[7,8]")).children] == ["0", "1"]
