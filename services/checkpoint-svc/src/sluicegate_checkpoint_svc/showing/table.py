"""Shows rows of data, alone or beside the rows that they were.

A `table` view points to `{columns: [text…], rows: [[value…]…]}`, with `rowsInAll` where the rows are some of more, and
with `numbers`, one a row, where a row's number in the data is known: by them, rows before and after are paired.
"""

from dataclasses import dataclass

from sluicegate_checkpoint_svc.showing.exact import Number, Scalar, Value, compact, is_scalar, scalar_text

DRAWN_COLUMNS = 60
DRAWN_CELLS = 2_000
LEAST_ROWS = 20
"""Are drawn, however many columns there are."""
DRAWN_CHARACTERS = 300
"""Of one cell."""
_MEMBERS = frozenset({"columns", "rows", "rowsInAll", "numbers"})


@dataclass(frozen=True, slots=True)
class Table:
    """Data as a payload has it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    rows_in_all: int
    numbers: tuple[int, ...] | None
    """Of the rows in the data; None: not told, or they are none of its rows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, and what it was."""

    text: str
    kind: str
    """`text`, `number`, `word` (true, false, null) or `json` (a list or an object)."""
    cut: int = 0
    was: "Cell | None" = None
    """None: unchanged, or nothing to compare it with."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as drawn."""

    number: int | None
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        """Whether any cell is not what it was."""
        return any(cell.was is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as drawn."""

    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Which columns hold numbers alone."""
    rows: tuple[Row, ...]
    rows_in_all: int
    columns_in_all: int
    paired: bool
    """Whether changed cells are marked."""
    new_columns: frozenset[str] = frozenset()

    @property
    def changes(self) -> int:
        """How many of the rows drawn have a changed cell."""
        return sum(row.changed for row in self.rows)

    @property
    def numbered(self) -> bool:
        """Whether rows have numbers."""
        return any(row.number is not None for row in self.rows)


def read(value: Value) -> Table | None:
    """The table; None if the value is not of this shape."""
    if not isinstance(value, dict) or not {"columns", "rows"} <= value.keys() or not value.keys() <= _MEMBERS:
        return None
    columns, rows = value["columns"], value["rows"]
    if not isinstance(columns, list) or not all(type(column) is str for column in columns):
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        return None
    in_all, numbers = _whole(value.get("rowsInAll")), value.get("numbers")
    found = [_whole(number) for number in numbers] if isinstance(numbers, list) else []
    numbered = len(found) == len(rows) and None not in found and isinstance(numbers, list)
    return Table(
        tuple(str(column) for column in columns),
        tuple(tuple(row) for row in rows if isinstance(row, list)),
        max(len(rows), in_all or 0),
        tuple(number for number in found if number is not None) if numbered else None,
    )


def draw(table: Table, before: Table | None = None) -> Sheet:
    """The table; with the one before, where rows are paired by their numbers, changed cells know what they were."""
    columns = table.columns[:DRAWN_COLUMNS]
    was = _by_number(before) if before is not None and table.numbers is not None else {}
    places = {column: place for place, column in enumerate(before.columns)} if before is not None else {}
    paired = bool(was) and len(set(table.columns)) == len(table.columns)
    rows = []
    many = max(LEAST_ROWS, DRAWN_CELLS // max(1, len(columns)))
    for place, values in enumerate(table.rows[:many]):
        number = table.numbers[place] if table.numbers is not None else None
        earlier = was.get(number) if paired and number is not None else None
        cells = []
        for column, value in zip(columns, values, strict=False):
            known = earlier is not None and column in places
            cells.append(_cell(value, earlier[places[column]] if known and earlier is not None else value))
        rows.append(Row(number, tuple(cells)))
    numeric = tuple(
        any(row.cells[place].kind == "number" for row in rows)
        and all(row.cells[place].kind in ("number", "word") for row in rows)
        for place in range(len(columns))
    )
    new = frozenset(columns) - places.keys() if paired else frozenset()
    return Sheet(columns, numeric, tuple(rows), table.rows_in_all, len(table.columns), paired, new)


def _by_number(table: Table) -> dict[int, tuple[Value, ...]]:
    return dict(zip(table.numbers, table.rows, strict=True)) if table.numbers is not None else {}


def _cell(value: Value, was: Value) -> Cell:
    changed = type(value) is not type(was) or value != was
    return _drawn(value, _drawn(was, None) if changed else None)


def _drawn(value: Value, was: Cell | None) -> Cell:
    if is_scalar(value):
        text, kind = _scalar(value if not isinstance(value, list | dict) else None)
    else:
        text, kind = compact(value), "json"
    return Cell(text[:DRAWN_CHARACTERS], kind, max(0, len(text) - DRAWN_CHARACTERS), was)


def _scalar(value: Scalar) -> tuple[str, str]:
    match value:
        case Number():
            return str(value), "number"
        case str():
            return value, "text"
        case _:
            return scalar_text(value), "word"


def _whole(value: Value) -> int | None:
    # Numbers of rows have few digits; int() takes quadratic time for many, and refuses over 4,300.
    return int(value) if isinstance(value, Number) and value.isdecimal() and len(value) <= 18 else None
