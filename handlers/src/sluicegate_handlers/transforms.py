"""What a plan may do to a table, each transform a small model that says how it is applied."""

from typing import Annotated, Any, Literal, TypeAlias

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from sluicegate_handlers.errors import BadPlan

Column: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Columns: TypeAlias = Annotated[list[Column], Field(min_length=1)]
Scalar: TypeAlias = bool | int | float | str | None


class _Transform(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filter(_Transform):
    """Keep the rows whose value compares so."""

    op: Literal["filter"]
    column: Column
    is_: Annotated[Literal["==", "!=", "<", "<=", ">", ">=", "contains", "present"], Field(alias="is")]
    value: Scalar = None


class Select(_Transform):
    """Keep these columns, in this order."""

    op: Literal["select"]
    columns: Columns


class Rename(_Transform):
    """Give columns other names."""

    op: Literal["rename"]
    columns: Annotated[dict[Column, Column], Field(min_length=1)]


class Sort(_Transform):
    """Order the rows; equal ones stay in order, absent values come last."""

    op: Literal["sort"]
    by: Columns
    descending: bool = False


class Deduplicate(_Transform):
    """Keep the first of the rows that agree in these columns, or in all."""

    op: Literal["deduplicate"]
    by: Columns | None = None


class Fill(_Transform):
    """Put a value where there is none."""

    op: Literal["fill"]
    column: Column
    value: bool | int | float | str


class Cast(_Transform):
    """Make a column another type; a value that can't become it fails the plan."""

    op: Literal["cast"]
    column: Column
    to: Literal["integer", "number", "text", "date"]


class Aggregate(BaseModel):
    """One new column of a `group`."""

    model_config = ConfigDict(extra="forbid")

    column: Column
    function: Literal["sum", "mean", "least", "greatest", "count"]


class Group(_Transform):
    """One row for each combination of values, in order of first appearance."""

    op: Literal["group"]
    by: Columns
    into: Annotated[dict[Column, Aggregate], Field(min_length=1)]


Transform: TypeAlias = Annotated[
    Filter | Select | Rename | Sort | Deduplicate | Fill | Cast | Group, Field(discriminator="op")
]

_TYPES = {"integer": pl.Int64(), "number": pl.Float64(), "text": pl.String(), "date": pl.Date()}


def apply_all(frame: pl.DataFrame, transforms: list[Transform]) -> pl.DataFrame:
    """The table after every transform.

    Raises:
        BadPlan: naming the transform that can't be applied.
    """
    for number, transform in enumerate(transforms, start=1):
        try:
            frame = _apply(frame, transform)
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError, KeyError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)[:200]
            raise BadPlan(f"transform {number} ({transform.op}) can't be applied: {reason}") from error
    return frame


def _apply(frame: pl.DataFrame, transform: Transform) -> pl.DataFrame:
    match transform:
        case Filter():
            return frame.filter(_condition(transform))
        case Select(columns=columns):
            return frame.select([*columns, *_beside(frame)])
        case Rename(columns=names):
            return frame.rename(names, strict=True)
        case Sort(by=by, descending=descending):
            return frame.sort(by, descending=descending, nulls_last=True, maintain_order=True)
        case Deduplicate(by=by):
            compared = by or [column for column in frame.columns if column not in _beside(frame)]
            return frame.unique(compared, keep="first", maintain_order=True)
        case Fill(column=column, value=value):
            return frame.with_columns(pl.col(column).fill_null(pl.lit(value, dtype=frame.schema[column])))
        case Cast(column=column, to=to):
            return frame.with_columns(pl.col(column).cast(_TYPES[to], strict=True))
        case Group(by=by, into=into):
            return frame.group_by(by, maintain_order=True).agg(
                _aggregate(one, frame.schema).alias(name) for name, one in into.items()
            )


def _beside(frame: pl.DataFrame) -> list[str]:
    """Columns that no plan knows of: they come along."""
    return [column for column in frame.columns if column.startswith("\0")]


def _condition(transform: Filter) -> pl.Expr:
    column, value = pl.col(transform.column), transform.value
    conditions: dict[str, Any] = {
        "==": lambda: column.eq_missing(pl.lit(value)),
        "!=": lambda: column.ne_missing(pl.lit(value)),
        "<": lambda: column < value,
        "<=": lambda: column <= value,
        ">": lambda: column > value,
        ">=": lambda: column >= value,
        "contains": lambda: column.str.contains(str(value), literal=True),
        "present": lambda: column.is_not_null(),
    }
    condition: pl.Expr = conditions[transform.is_]()
    return condition


def _aggregate(one: Aggregate, schema: pl.Schema) -> pl.Expr:
    column = pl.col(one.column)
    match one.function:
        case "sum" if schema[one.column].is_integer():
            # A sum that leaves 64 bits must fail: polars would wrap it round.
            return column.cast(pl.Int128).sum().cast(pl.Int64, strict=True)
        case "sum":
            return column.sum()
        case "mean":
            return column.mean()
        case "least":
            return column.min()
        case "greatest":
            return column.max()
        case "count":
            return column.count()
