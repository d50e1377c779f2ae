"""Prints answers: tables and fields for people, JSON for programs. No text from outside reaches the terminal raw."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sluicegate.cli import terminal_safe

_PIPED_WIDTH = 200


class Form(StrEnum):
    """How answers are printed."""

    TABLE = "table"
    JSON = "json"


Cell = str | int | float | datetime | None


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Rows under headings; the first column is never cut."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        shown.add_column(column, no_wrap=index == 0, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell(value)) for value in row))
    _console().print(shown)


def fields(pairs: Iterable[tuple[str, Cell]]) -> None:
    """One fact per line; what is None is left out."""
    present = [(name, value) for name, value in pairs if value is not None]
    width = max((len(name) for name, _ in present), default=0)
    for name, value in present:
        typer.echo(f"{name:<{width}}  {cell(value)}")


def as_json(value: BaseModel | Sequence[BaseModel], *, compact: bool = False) -> None:
    """The answer as JSON in ASCII: exact, and nothing in it can steer a terminal."""
    single = isinstance(value, BaseModel)
    items = [value] if isinstance(value, BaseModel) else value
    dumped = [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in items]
    typer.echo(json.dumps(dumped[0] if single else dumped, indent=None if compact else 2))


def cell(value: Cell) -> str:
    """One value on one line."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return terminal_safe.line(str(value))


def note(text: str) -> None:
    """A remark beside the answer, on the error stream."""
    typer.echo(terminal_safe.block(text), err=True)


def _console() -> Console:
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    return Console(markup=False, highlight=False, emoji=False, width=width)
