"""Shows a table to people (a profile of its columns, a preview of its rows), and writes it as a file."""

import io
import math
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

PREVIEW_ROWS = 20
CELL_CHARACTERS = 200


def profile(frame: pl.DataFrame) -> dict[str, Any]:
    """One row per column: type, absent and distinct values, least and greatest."""
    return {
        "columns": ["column", "type", "absent", "distinct", "least", "greatest"],
        "rows": [
            [
                column,
                _type(frame[column]),
                frame[column].null_count(),
                frame[column].n_unique(),
                _cell(frame[column].min()),
                _cell(frame[column].max()),
            ]
            for column in frame.columns
        ],
    }


def preview(frame: pl.DataFrame) -> dict[str, Any]:
    """The first rows, with the number of all."""
    return {"columns": frame.columns, "rows": rows_of(frame.head(PREVIEW_ROWS).rows()), "rowsInAll": frame.height}


def rows_of(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Rows with their values as JSON and people take them."""
    return [[_cell(value) for value in row] for row in rows]


def encode(frame: pl.DataFrame, *, lines: bool) -> bytes:
    """The table as CSV, or as JSON Lines."""
    stream = io.BytesIO()
    if lines:
        frame.with_columns(_as_json_number(frame[column]) for column in frame.columns).write_ndjson(stream)
    else:
        frame.write_csv(stream)
    return stream.getvalue()


def _as_json_number(column: pl.Series) -> pl.Series:
    """Decimals as floats where nothing is lost; polars writes them as strings."""
    if not column.dtype.is_decimal():
        return column
    numbers = column.cast(pl.Float64)
    return numbers if (numbers.cast(column.dtype) == column).all() else column


def _type(column: pl.Series) -> str:
    if column.dtype.is_integer():
        return "integer"
    if column.dtype.is_numeric():
        return "number"
    names = {pl.String: "text", pl.Boolean: "boolean", pl.Date: "date", pl.Null: "nothing"}
    return next((name for kind, name in names.items() if column.dtype == kind), str(column.dtype))


def _cell(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        plain = value.replace("\0", "␀")
        return plain if len(plain) <= CELL_CHARACTERS else plain[: CELL_CHARACTERS - 1] + "…"
    return value
