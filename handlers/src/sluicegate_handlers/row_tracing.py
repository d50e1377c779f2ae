"""Follows the rows of a table through a plan: what each transform lets through, and which rows it drops."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from sluicegate_handlers.plan_words import sentence
from sluicegate_handlers.tables import PREVIEW_ROWS, preview, rows_of
from sluicegate_handlers.transforms import Group, Transform, apply_all

_NUMBER = "\0row"
"""A column that no plan can name: U+0000 is refused in every string that comes in."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a reviewer sees of it."""

    steps: dict[str, Any]
    """A table with a row for each transform: its words, rows in, out and dropped."""
    before: dict[str, Any]
    after: dict[str, Any]
    """Two previews; their rows have numbers, and stand for each other, unless the plan made new rows."""
    dropped: dict[str, Any] | None
    """The first of the rows that were dropped, each with the words of what dropped it."""


def trace(frame: pl.DataFrame, transforms: list[Transform]) -> Traced:
    """Apply the plan once more, with the number of each row beside it. The plan is known to be applicable."""
    numbered = frame.with_row_index(_NUMBER, offset=1)
    steps: list[list[Any]] = []
    dropped: list[tuple[int, str]] = []
    for transform in transforms:
        words = sentence(transform)
        after = apply_all(numbered, [transform])
        steps.append([words, numbered.height, after.height, _lost(numbered, after, transform)])
        if _NUMBER in after.columns:
            gone = numbered[_NUMBER].filter(~numbered[_NUMBER].is_in(after[_NUMBER].implode()))
            dropped += [(number, words) for number in gone.head(PREVIEW_ROWS - len(dropped)).to_list()]
        numbered = after
    return Traced(
        steps={"columns": ["step", "rows in", "rows out", "dropped"], "rows": steps},
        **_sides(frame, numbered),
        dropped=_dropped(frame, dropped, sum(step[3] or 0 for step in steps)),
    )


def _lost(before: pl.DataFrame, after: pl.DataFrame, transform: Transform) -> int | None:
    """None: rows were put together, which drops none."""
    return None if isinstance(transform, Group) else before.height - after.height


def _sides(frame: pl.DataFrame, result: pl.DataFrame) -> dict[str, dict[str, Any]]:
    if _NUMBER not in result.columns:
        return {"before": preview(frame), "after": preview(result)}
    numbers = result[_NUMBER].head(PREVIEW_ROWS).to_list()
    rows = [frame.row(number - 1) for number in numbers]
    return {
        "before": {"columns": frame.columns, "rows": rows_of(rows), "rowsInAll": frame.height, "numbers": numbers},
        "after": {**preview(result.drop(_NUMBER)), "numbers": numbers},
    }


def _dropped(frame: pl.DataFrame, dropped: list[tuple[int, str]], in_all: int) -> dict[str, Any] | None:
    if not dropped:
        return None
    rows = [[words, *row] for (_, words), row in zip(dropped, (frame.row(n - 1) for n, _ in dropped), strict=True)]
    return {
        "columns": ["dropped by", *frame.columns],
        "rows": rows_of(rows),
        "rowsInAll": in_all,
        "numbers": [number for number, _ in dropped],
    }
