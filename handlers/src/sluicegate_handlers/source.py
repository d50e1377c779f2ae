"""Reads the data of a `data-processing` job: a CSV or JSON Lines file below `inputs/`, or rows in the job itself."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from sluicegate_handlers.errors import BadSource
from sluicegate_handlers.files import digest, read_file
from sluicegate_handlers.safe_path import parse

MAX_SOURCE_BYTES = 64 * 1024 * 1024
INPUTS = "inputs"
INLINE = "inline rows"

_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_PLACES = r"\.([0-9]+)$"
_DECIMAL_DIGITS = 18
"""So few that 38 digits hold every one of them at any scale, and their sums."""


@dataclass(frozen=True, slots=True)
class Source:
    """Data, and what names its exact bytes."""

    name: str
    """The path below `inputs/`, or `inline rows`."""
    digest: str
    frame: pl.DataFrame


def read_source(workspace: Path, path: str) -> Source:
    """A file below the workspace's `inputs/`; `.csv`, `.jsonl` or `.ndjson` says what it is.

    Raises:
        UnsafePath, BadSource
    """
    parts = parse(path)
    found = read_file(workspace, (INPUTS, *parts), limit=MAX_SOURCE_BYTES)
    if found is None:
        raise BadSource(f"there is no {INPUTS}/{path} in the workspace")
    match Path(parts[-1]).suffix.lower():
        case ".csv":
            frame = _csv(found.data, path)
        case ".jsonl" | ".ndjson":
            frame = _frame(_json_lines(found.data, path), path)
        case other:
            raise BadSource(f"{path}: {other or 'no suffix'} is neither .csv nor .jsonl")
    return Source(path, found.digest, frame)


def inline_source(rows: list[dict[str, Any]]) -> Source:
    """Rows that came with the job.

    Raises:
        BadSource
    """
    return Source(INLINE, digest(json.dumps(rows, sort_keys=True).encode()), _frame(rows, INLINE))


def _csv(data: bytes, name: str) -> pl.DataFrame:
    try:
        data.decode()
        frame = pl.read_csv(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), infer_schema=False)
    except UnicodeDecodeError as error:
        raise BadSource(f"{name}: not UTF-8 at byte {error.start}") from error
    except pl.exceptions.PolarsError as error:
        raise BadSource(f"{name}: not a CSV file with a header and even rows: {_first_line(error)}") from error
    return frame.with_columns(_typed(frame[column]) for column in frame.columns)


def _typed(text: pl.Series) -> pl.Series:
    """The column as numbers, if that loses nothing: a `007` stays text, and so does a number of 40 digits."""
    if text.null_count() == len(text) or not text.str.contains(_NUMBER).all():
        return text
    places: Any = text.str.extract(_PLACES).str.len_bytes().fill_null(0).max()
    if places == 0:
        whole = text.cast(pl.Int64, strict=False)
        return whole if (whole.cast(pl.String) == text).all() and whole.null_count() == text.null_count() else text
    if text.str.len_bytes().le(_DECIMAL_DIGITS).all():
        # Amounts of money: a float would turn 120.50 into 120.5, and add up cents that are none.
        return text.cast(pl.Decimal(38, places))
    return text


def _json_lines(data: bytes, name: str) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise BadSource(f"{name}, line {number}: not JSON: {_first_line(error)}") from error
        if not isinstance(row, dict):
            raise BadSource(f"{name}, line {number}: each line must be an object")
        rows.append(row)
    return rows


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _frame(rows: list[dict[str, Any]], name: str) -> pl.DataFrame:
    if not rows:
        raise BadSource(f"{name}: there are no rows")
    try:
        frame = pl.DataFrame(rows, infer_schema_length=None, strict=True)
    except (pl.exceptions.PolarsError, TypeError, OverflowError, ValueError) as error:
        raise BadSource(f"{name}: the rows do not make a table: {_first_line(error)}") from error
    nested = [column for column, kind in frame.schema.items() if kind.is_nested()]
    if nested:
        raise BadSource(f"{name}: column {nested[0]!r} holds lists or objects; give plain values")
    for column in frame.columns:
        # Mixed types, or integers that a float column can't hold, would come out as something else.
        if any(row.get(column) != value for row, value in zip(rows, frame[column], strict=True)):
            raise BadSource(f"{name}: column {column!r} mixes types that can't stand in one column unchanged")
    return frame


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
