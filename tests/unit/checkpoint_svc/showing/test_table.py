"""Rows are shown beside what they were."""

import json
from typing import Any

import pytest

from sluicegate_checkpoint_svc.showing.exact import parse
from sluicegate_checkpoint_svc.showing.table import DRAWN_CELLS, DRAWN_COLUMNS, LEAST_ROWS, Cell, Table, draw, read


def table(columns: list[str], rows: list[list[Any]], **more: Any) -> Table:
    found = read(parse(json.dumps({"columns": columns, "rows": rows, **more})))
    assert found is not None
    return found


def changed(cell: Cell) -> tuple[str, str] | None:
    return None if cell.was is None else (cell.was.text, cell.text)


BEFORE = table(["id", "land", "sum"], [[1, None, 1.0], [2, "FR", 2.5]], rowsInAll=9, numbers=[1, 4])


def test_cells_that_changed_know_what_they_were() -> None:
    sheet = draw(table(["id", "land", "sum"], [[2, "FR", 2.50], [1, "?", 1]], numbers=[4, 1]), BEFORE)
    assert sheet.paired
    assert [row.number for row in sheet.rows] == [4, 1]
    assert [[changed(cell) for cell in row.cells] for row in sheet.rows] == [
        [None, None, None],
        [None, ("null", "?"), ("1.0", "1")],
    ]
    assert (sheet.changes, sheet.rows[0].changed) == (1, False)


def test_a_number_is_not_the_text_that_looks_like_it() -> None:
    sheet = draw(table(["id"], [["1"]], numbers=[1]), table(["id"], [[1]], numbers=[1]))
    assert changed(sheet.rows[0].cells[0]) == ("1", "1")
    (cell,) = sheet.rows[0].cells
    assert cell.was is not None
    assert (cell.kind, cell.was.kind) == ("text", "number")


def test_columns_that_were_not_there_are_new_and_not_compared() -> None:
    sheet = draw(table(["land", "vat"], [["?", 0.2]], numbers=[1]), BEFORE)
    assert sheet.new_columns == {"vat"}
    assert [changed(cell) for cell in sheet.rows[0].cells] == [("null", "?"), None]


@pytest.mark.parametrize("after", [table(["land"], [["FR"]]), table(["land", "land"], [["FR", "CH"]], numbers=[4])])
def test_rows_that_stand_for_none_are_not_compared(after: Table) -> None:
    sheet = draw(after, BEFORE)
    assert not sheet.paired
    assert all(cell.was is None for row in sheet.rows for cell in row.cells)


def test_what_is_not_drawn_is_known() -> None:
    wide = draw(table([f"c{place}" for place in range(100)], [[0] * 100] * 50))
    assert (len(wide.rows), len(wide.columns), wide.columns_in_all) == (
        max(LEAST_ROWS, DRAWN_CELLS // DRAWN_COLUMNS),
        DRAWN_COLUMNS,
        100,
    )
    long = draw(table(["a"], [[0]] * 3000, rowsInAll=10_000))
    assert (len(long.rows), long.rows_in_all) == (DRAWN_CELLS, 10_000)
    (cell,) = draw(table(["a"], [["x" * 400]])).rows[0].cells
    assert (len(cell.text), cell.cut) == (300, 100)


def test_columns_of_numbers_are_told_apart() -> None:
    assert draw(table(["n", "t", "none"], [[1, "x", None], [None, 2, None]])).numeric == (True, False, False)


def test_values_are_shown_as_they_stand() -> None:
    cells = draw(table(["a", "b", "c"], [[12345678901234567890123, True, {"x": [1.50]}]])).rows[0].cells
    assert [(cell.text, cell.kind) for cell in cells] == [
        ("12345678901234567890123", "number"),
        ("true", "word"),
        ('{"x":[1.5]}', "json"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"columns": ["a"]},
        {"columns": [1], "rows": []},
        {"columns": ["a"], "rows": [[1, 2]]},
        {"columns": ["a"], "rows": [1]},
        {"columns": ["a"], "rows": [], "surplus": 1},
    ],
)
def test_another_shape_is_no_table(value: Any) -> None:
    assert read(parse(json.dumps(value))) is None


@pytest.mark.parametrize("numbers", [[1], [1, "2"], [1, -2], "12", [1, 10**30], [1, 1.5]])
def test_numbers_that_are_none_are_as_if_not_given(numbers: Any) -> None:
    assert table(["a"], [[1], [2]], numbers=numbers).numbers is None


@pytest.mark.parametrize("in_all", [1, -5, "many", 1.5, 10**30])
def test_rows_in_all_are_at_least_those_that_are_there(in_all: Any) -> None:
    assert table(["a"], [[1], [2]], rowsInAll=in_all).rows_in_all == 2
