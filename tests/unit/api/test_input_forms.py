"""A form from a JSON Schema: its fields, what is typed into them, and the value that comes out."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, JsonValue

from sluicegate_api.pages.input_nodes import nodes
from sluicegate_api.pages.input_shape import Kind, Shape, every, shape_of
from sluicegate_api.pages.input_typed import REQUIRED, Misfit, Typed, blank, sent, typed, value


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    """Something inside."""

    name: Annotated[str, Field(max_length=60)]
    count: int = 1


class Node(BaseModel):
    """Something that holds others of its kind."""

    children: list["Node"] = []


class Everything(BaseModel):
    """One of each kind."""

    short: Annotated[str, Field(max_length=60, pattern="^[a-z]+$", description="A name.")]
    long: str
    whole: Annotated[int, Field(ge=1, le=10)]
    real: float
    flag: bool
    maybe: bool | None = None
    on: bool = True
    colour: Colour
    level: Literal[1, 2, "high"] = 1
    day: date
    moment: datetime | None = None
    tags: list[str] = []
    parts: list[Part]
    inner: Part
    optional: Part | None = None
    anything: JsonValue = None
    mapping: dict[str, int] = {}
    either: int | str = 3
    constant: Literal["v1"] = "v1"
    tree: Node | None = None


SCHEMA = Everything.model_json_schema()
SHAPE = shape_of(SCHEMA)
GIVEN: dict[str, Any] = {
    "short": "abc",
    "long": "two\nlines",
    "whole": 2**60,
    "real": 0.1,
    "flag": True,
    "maybe": False,
    "on": False,
    "colour": "blue",
    "level": "high",
    "day": "2026-01-31",
    "moment": "2026-01-31T12:00:00Z",
    "tags": ["a", "b"],
    "parts": [{"name": "x", "count": 2}],
    "inner": {"name": "y", "count": 1},
    "optional": {"name": "z", "count": 1},
    "anything": {"deep": [1, None]},
    "mapping": {"a": 2**70},
    "either": "text",
    "constant": "v1",
    "tree": {"children": []},
}


def fields(shape: Shape, filled: Typed) -> dict[str, str]:
    """What a browser sends of a form that nobody touches."""
    found: dict[str, str] = {}
    pending = [nodes(shape, filled, {})]
    while pending:
        node = pending.pop()
        if node.shape.kind is Kind.LIST:
            found[f"#{node.pointer}"] = str(len(node.nodes))
        elif node.shape.kind is Kind.CHECKBOX:
            found |= {node.pointer: "on"} if node.text == "true" else {}
        elif node.shape.kind is Kind.GROUP:
            found |= {f"?{node.pointer}": "on"} if node.given and not node.shape.required else {}
        else:
            found[node.pointer] = node.text
        pending += node.nodes
    return found


def sent_value(shape: Shape, filled: Typed) -> tuple[Any, dict[str, str]]:
    errors: dict[str, str] = {}
    return value(shape, sent(shape, fields(shape, filled)), errors), errors


def member(name: str) -> Shape:
    (found,) = (one for one in SHAPE.members if one.name == name)
    return found


@pytest.mark.parametrize(
    ("name", "kind", "required"),
    [
        ("short", Kind.TEXT, True),
        ("long", Kind.LINES, True),
        ("whole", Kind.INTEGER, True),
        ("real", Kind.NUMBER, True),
        ("flag", Kind.CHECKBOX, True),
        ("maybe", Kind.CHOICE, False),
        ("on", Kind.CHECKBOX, False),
        ("colour", Kind.CHOICE, True),
        ("level", Kind.CHOICE, False),
        ("day", Kind.DATE, True),
        ("moment", Kind.MOMENT, False),
        ("tags", Kind.LIST, False),
        ("parts", Kind.LIST, True),
        ("inner", Kind.GROUP, True),
        ("optional", Kind.GROUP, False),
        ("anything", Kind.JSON, False),
        ("mapping", Kind.JSON, False),
        ("either", Kind.JSON, False),
        ("constant", Kind.CONST, False),
        ("tree", Kind.GROUP, False),
    ],
)
def test_each_member_gets_the_field_that_fits(name: str, kind: Kind, required: bool) -> None:
    assert (member(name).kind, member(name).required) == (kind, required)


def test_a_field_says_what_it_is_for_and_what_it_takes() -> None:
    assert (member("short").label, member("short").hint) == ("Short", "A name; like ^[a-z]+$; at most 60 characters.")
    assert member("whole").hint == "1 to 10."
    assert member("anything").hint == "As JSON."
    assert member("colour").choices == (('"red"', "red"), ('"blue"', "blue"))
    assert member("level").choices == (("1", "1"), ("2", "2"), ('"high"', "high"))


def test_a_form_gives_back_exactly_what_it_was_filled_with() -> None:
    assert sent_value(SHAPE, typed(SHAPE, GIVEN)) == (GIVEN, {})


def test_every_item_of_a_list_keeps_its_place() -> None:
    shape = shape_of(
        {"type": "object", "properties": {"few": {"items": {"type": ["integer", "null"]}, "type": "array"}}}
    )
    assert sent_value(shape, typed(shape, {"few": [1, None, 2]})) == ({"few": [1, None, 2]}, {})
    found, errors = sent_value(shape, {"few": ["1", "two", "3"]})
    assert (found, list(errors)) == ({"few": [1, None, 3]}, ["/few/1"])


def test_a_blank_form_asks_for_what_is_required_and_sends_defaults() -> None:
    found, errors = sent_value(SHAPE, blank(SHAPE))
    asked = {"/short", "/long", "/whole", "/real", "/colour", "/day", "/parts/0/name", "/inner/name"}
    assert errors == dict.fromkeys(asked, REQUIRED)
    assert (found["on"], found["level"], found["flag"], found["constant"]) == (True, 1, False, "v1")
    assert found.keys().isdisjoint({"optional", "moment", "maybe", "tree"})


@pytest.mark.parametrize(
    ("at", "text", "said"),
    [
        ("/whole", "1.5", "A whole number"),
        ("/whole", "9" * 500, "A whole number"),
        ("/real", "1e400", "A number"),
        ("/real", "true", "A number"),
        ("/real", "NaN", "A number"),
        ("/colour", '"green"', "Choose one"),
        ("/day", "31.1.2026", "A date"),
        ("/moment", "tomorrow", "A date and a time"),
        ("/moment", "9999-12-31T23:59:00-12:00", "A date and a time"),
        ("/anything", '{"a":1,"a":2}', "This is not valid JSON"),
        ("/anything", "\ud800", "This is"),
        ("/tree/children", "[" * 100 + "]" * 100, "This is"),
        ("/inner/count", "many", "A whole number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(at: str, text: str, said: str) -> None:
    given = fields(SHAPE, typed(SHAPE, GIVEN)) | {at: text}
    errors: dict[str, str] = {}
    filled = sent(SHAPE, given)
    value(SHAPE, filled, errors)
    assert list(errors) == [at]
    assert errors[at].startswith(said)
    (shown,) = (node for node in _all(filled, errors) if node.error)
    assert (shown.pointer, shown.text) == (at, text)


def _all(filled: Typed, errors: dict[str, str]) -> list[Any]:
    found, pending = [], [nodes(SHAPE, filled, errors)]
    while pending:
        found.append(pending.pop())
        pending += found[-1].nodes
    return found


def test_an_error_without_a_field_of_its_own_goes_to_what_encloses_it() -> None:
    errors = {"/anything/deep/0": "bad", "/parts/7/name": "worse", "/nowhere": "odd", "": "all wrong"}
    shown = {node.pointer: node.error for node in _all(typed(SHAPE, GIVEN), errors) if node.error}
    assert shown == {"/anything": "bad", "/parts": "worse", "": "odd all wrong"}


@pytest.mark.parametrize(
    "changed",
    [
        {"unknown": 1},
        {"whole": 1.5},
        {"flag": 1},
        {"colour": "green"},
        {"moment": "soon"},
        {"parts": "x"},
        {"inner": {"name": 3}},
        {"long": ""},
        {"on": None},
        {"parts": [{"name": "x"}] * 201},
    ],
)
def test_a_value_that_the_fields_would_change_is_not_put_into_them(changed: dict[str, Any]) -> None:
    with pytest.raises(Misfit):
        typed(SHAPE, GIVEN | changed)


def test_absent_members_stay_absent() -> None:
    given = {name: GIVEN[name] for name in SCHEMA["required"]} | {"moment": None, "on": True, "constant": "v1"}
    found, errors = sent_value(SHAPE, typed(SHAPE, given))
    assert errors == {}
    assert found == {name: one for name, one in given.items() if one is not None}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": True},
        {"type": "array"},
        {},
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "https://elsewhere.example/schema"},
        {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"b": {}}}]},
    ],
)
def test_input_without_named_members_is_json_text(schema: dict[str, Any]) -> None:
    assert shape_of(schema).kind is Kind.JSON
    assert sent_value(shape_of(schema), typed(shape_of(schema), {"a": [2**70]})) == ({"a": [2**70]}, {})


def test_a_handler_that_takes_nothing_has_a_form_without_fields() -> None:
    shape = shape_of({"type": "object", "properties": {}, "additionalProperties": False})
    assert (shape.kind, shape.members) == (Kind.GROUP, ())
    assert sent_value(shape, blank(shape)) == ({}, {})


NAMES = st.text(max_size=8)
LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "maxLength": 9},
        {"type": "string", "format": "date"},
        {"type": "integer"},
        {"type": ["number", "null"]},
        {"type": "boolean"},
        {"type": "boolean", "default": True},
        {"enum": ["a", 1, None, {"x": 1}]},
        {"const": 7},
        {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        {"$ref": "#/$defs/itself"},
        {"allOf": [{"type": "integer"}, {"minimum": 3}]},
        True,
        {},
    ]
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    made = st.dictionaries(NAMES, inner, max_size=4).flatmap(
        lambda properties: st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([]),
            }
        )
    )
    return made | st.builds(lambda items: {"type": "array", "items": items}, inner)


MORE = {"more": {"$ref": "#/$defs/itself"}}
SCHEMAS = objects(st.recursive(LEAVES, objects, max_leaves=8)).map(
    lambda schema: (
        schema | {"$defs": {"itself": {"type": "object", "properties": {"more": {"$ref": "#/$defs/itself"}}}}}
    )
)


@given(SCHEMAS)
def test_any_schema_gives_a_form_that_keeps_what_was_typed(schema: dict[str, Any]) -> None:
    shape = shape_of(schema)
    filled = blank(shape)
    assert sent(shape, fields(shape, filled)) == filled
    assert len({node.id for node in _nodes_of(shape, filled)}) == len(_nodes_of(shape, filled))


def _nodes_of(shape: Shape, filled: Typed) -> list[Any]:
    found, pending = [], [nodes(shape, filled, {})]
    while pending:
        found.append(pending.pop())
        pending += found[-1].nodes
    return found


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12)))
def test_whatever_is_sent_is_read_or_said_to_be_wrong(given_fields: dict[str, str]) -> None:
    errors: dict[str, str] = {}
    value(SHAPE, sent(SHAPE, given_fields), errors)
    assert errors
    assert all(one.kind for one in every(SHAPE))
