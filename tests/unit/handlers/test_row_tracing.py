"""A reviewer sees what each transform did to which rows."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sluicegate_handlers.errors import BadPlan
from sluicegate_handlers.plan_words import sentence
from sluicegate_handlers.row_tracing import trace
from sluicegate_handlers.tables import PREVIEW_ROWS
from sluicegate_handlers.transforms import Transform, apply_all

ORDERS = pl.DataFrame(
    {"order": [1, 2, 2, 3], "country": ["CH", None, None, "FR"], "status": ["paid", "paid", "paid", "open"]}
)
PLAN = TypeAdapter(list[Transform])


def plan(*transforms: dict[str, Any]) -> list[Transform]:
    return PLAN.validate_python(list(transforms))


UNIQUE = {"op": "deduplicate", "by": ["order"]}
PAID = {"op": "filter", "column": "status", "is": "==", "value": "paid"}
FILL = {"op": "fill", "column": "country", "value": "unknown"}
GROUP = {"op": "group", "by": ["country"], "into": {"orders": {"column": "order", "function": "count"}}}


def test_each_step_tells_its_rows_in_out_and_dropped() -> None:
    assert trace(ORDERS, plan(UNIQUE, PAID, FILL, GROUP)).steps == {
        "columns": ["step", "rows in", "rows out", "dropped"],
        "rows": [
            ["Keep the first of the rows that agree in “order”", 4, 3, 1],
            ["Keep the rows whose “status” is “paid”", 3, 2, 1],
            ["Put “unknown” where “country” has no value", 2, 2, 0],
            ["Make one row for each “country”: “orders” = count of “order”", 2, 2, None],
        ],
    }


def test_dropped_rows_are_shown_with_what_dropped_them() -> None:
    assert trace(ORDERS, plan(UNIQUE, PAID)).dropped == {
        "columns": ["dropped by", "order", "country", "status"],
        "rows": [
            ["Keep the first of the rows that agree in “order”", 2, None, "paid"],
            ["Keep the rows whose “status” is “paid”", 3, "FR", "open"],
        ],
        "rowsInAll": 2,
        "numbers": [3, 4],
    }


def test_where_nothing_is_dropped_nothing_is_shown() -> None:
    assert trace(ORDERS, plan(FILL)).dropped is None


def test_rows_before_and_after_stand_for_each_other() -> None:
    traced = trace(ORDERS, plan(FILL, {"op": "sort", "by": ["order"], "descending": True}))
    assert traced.before["numbers"] == traced.after["numbers"] == [4, 2, 3, 1]
    assert traced.before["rows"][1] == [2, None, "paid"]
    assert traced.after["rows"][1] == [2, "unknown", "paid"]


def test_rows_that_a_plan_makes_stand_for_none() -> None:
    traced = trace(ORDERS, plan(GROUP))
    assert "numbers" not in traced.after
    assert traced.before == {"columns": ORDERS.columns, "rows": [list(row) for row in ORDERS.rows()], "rowsInAll": 4}


def test_a_column_is_not_compared_for_being_beside() -> None:
    twice = pl.DataFrame({"a": [1, 1], "b": [2, 2]})
    assert trace(twice, plan({"op": "deduplicate"})).after["numbers"] == [1]


_TRANSFORMS = st.sampled_from(
    [
        UNIQUE,
        PAID,
        FILL,
        {"op": "deduplicate"},
        {"op": "sort", "by": ["status", "order"]},
        {"op": "rename", "columns": {"order": "id"}},
        {"op": "select", "columns": ["order", "status", "country"]},
        {"op": "cast", "column": "order", "to": "text"},
    ]
)
_ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["CH", "FR", None]), st.sampled_from(["paid", "open"])),
    min_size=1,
    max_size=60,
)


@given(rows=_ROWS, wanted=st.lists(_TRANSFORMS, max_size=4))
def test_tracing_comes_to_what_the_plan_does(rows: list[tuple[Any, ...]], wanted: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows, schema={"order": pl.Int64, "country": pl.String, "status": pl.String}, orient="row")
    transforms = plan(*wanted)
    try:
        result = apply_all(frame, transforms)
    except BadPlan:
        return
    traced = trace(frame, transforms)
    assert traced.after["columns"] == result.columns
    assert traced.after["rows"] == [list(row) for row in result.head(PREVIEW_ROWS).rows()]
    assert traced.after["rowsInAll"] == frame.height - sum(step[3] for step in traced.steps["rows"])


@pytest.mark.parametrize(
    ("transform", "said"),
    [
        ({"op": "filter", "column": "a", "is": "present"}, "Keep the rows that have a value in “a”"),
        ({"op": "filter", "column": "a", "is": "==", "value": None}, "Keep the rows whose “a” is absent"),
        ({"op": "filter", "column": "a", "is": ">=", "value": 3}, "Keep the rows whose “a” is at least 3"),
        ({"op": "filter", "column": "a", "is": "!=", "value": True}, "Keep the rows whose “a” is not true"),
        ({"op": "select", "columns": ["a", "b"]}, "Keep only the columns “a”, “b”, in this order"),
        ({"op": "rename", "columns": {"a": "b"}}, "Rename “a” to “b”"),
        ({"op": "sort", "by": ["a", "b"]}, "Sort by “a”, then “b”, least first"),
        ({"op": "deduplicate"}, "Keep the first of the rows that agree in all columns"),
        ({"op": "cast", "column": "a", "to": "integer"}, "Make “a” an integer"),
        ({"op": "cast", "column": "a", "to": "number"}, "Make “a” a number"),
        ({"op": "cast", "column": "a", "to": "text"}, "Make “a” text"),
    ],
)
def test_a_transform_is_told_in_words(transform: dict[str, Any], said: str) -> None:
    assert sentence(plan(transform)[0]) == said


def test_a_long_sentence_is_cut_and_says_so() -> None:
    said = sentence(plan({"op": "select", "columns": ["x" * 200] * 5})[0])
    assert (len(said), said[-1]) == (500, "…")
