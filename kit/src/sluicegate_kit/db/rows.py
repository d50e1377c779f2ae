"""The locked rows of one batch, as the operations decided so far have left them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sluicegate_kit.db.errors import NotLocked
from sluicegate_kit.db.table import Key, Match, Selection, Table
from sluicegate_schemas.envelope import Message

R = TypeVar("R")
_ABSENT = object()


@dataclass(slots=True)
class Emitted:
    """An event on its way into the outbox."""

    message: Message
    answer_key: str | None


@dataclass(slots=True)
class Writes:
    """What has to be written to one table."""

    inserted: list[Any] = field(default_factory=list)
    updated: list[tuple[Any, Any]] = field(default_factory=list)
    """Each row as it was locked, and as it is now."""
    deleted: list[Any] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Reading(Generic[R]):
    """Rows that are read when the batch has been written, and are there once it is committed."""

    selection: Selection[R]
    rows: list[R] = field(default_factory=list)


class Rows:
    """What an operation decides on. What one operation puts, the next one of the batch sees.

    `now` is the database's clock, read after every lock was held.
    """

    def __init__(self) -> None:
        self.now: datetime = datetime.min.replace(tzinfo=UTC)
        self._loaded: dict[Table[Any], dict[Any, Any]] = {}
        self._current: dict[Table[Any], dict[Any, Any]] = {}
        self._indexes: dict[Table[Any], dict[str, dict[Any, dict[Any, None]]]] = {}
        self._selected: dict[Selection[Any], list[Any]] = {}
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self.emitted: list[Emitted] = []
        self.answers: list[str] = []
        self.statements: list[tuple[str, Sequence[Any]]] = []
        self.readings: list[Reading[Any]] = []
        self._mark = (0, 0, 0, 0)

    # For operations

    def get(self, table: Table[R], key: Key) -> R | None:
        """The row, or None where there is none.

        Raises:
            NotLocked: no operation of the batch named it.
        """
        try:
            row: R | None = self._current[table][key]
        except KeyError:
            raise NotLocked(f"{table.name} {key!r}") from None
        return row

    def matching(self, match: Match[R]) -> list[R]:
        """The rows of a `Match`; rows that `where` would no longer find may be among them."""
        current = self._current[match.table]
        keys = self._indexes[match.table][match.column].get(match.value, ())
        rows = (current.get(key) for key in keys)
        return [row for row in rows if row is not None and getattr(row, match.column) == match.value]

    def selected(self, selection: Selection[R]) -> list[R]:
        """The rows that a selection found, without those deleted since."""
        current = self._current[selection.table]
        rows = (current.get(key) for key in self._selected[selection])
        return [row for row in rows if row is not None]

    def every(self, table: Table[R]) -> list[R]:
        """Every row of the table that this batch knows."""
        return [row for row in self._current.get(table, {}).values() if row is not None]

    def put(self, table: Table[R], row: R) -> None:
        """Insert the row, or replace the one with its key.

        Raises:
            NotLocked: no operation of the batch named the key (rows of an insert-only table need no lock).
        """
        key = table.key_of(row)
        current = self._current.setdefault(table, {})
        if not table.insert_only and key not in current:
            raise NotLocked(f"{table.name} {key!r}")
        self._undo.append((current, key, current.get(key, _ABSENT)))
        current[key] = row
        for column, index in self._indexes.get(table, {}).items():
            index.setdefault(getattr(row, column), {})[key] = None

    def delete(self, table: Table[Any], key: Key) -> None:
        """Delete a row that the batch holds; nothing where there is none."""
        current = self._current[table]
        self._undo.append((current, key, current[key]))
        current[key] = None

    def emit(self, message: Message, *, answer_key: str | None = None) -> None:
        """Publish right after the commit. With `answer_key` the event is sent again until `answered` says that key."""
        self.emitted.append(Emitted(message, answer_key))

    def answered(self, answer_key: str) -> None:
        """The events that wait for this answer need not be sent again."""
        self.answers.append(answer_key)

    def execute(self, statement: str, *params: Any) -> None:
        """A statement of its own, run after the rows of the batch are written (for clean-up and notices)."""
        self.statements.append((statement, params))

    def read(self, selection: Selection[R]) -> Reading[R]:
        """Have the rows read after all that the batch writes, without a round trip of their own.

        Raises:
            ValueError: the selection would lock them, which is out of turn by then.
        """
        if selection.mode != "none":
            raise ValueError(f"{selection.table.name} is locked before anything is decided")
        reading = Reading(selection)
        self.readings.append(reading)
        return reading

    # For the write loop

    def load(self, table: Table[R], rows: Sequence[R]) -> list[Any]:
        """Take in locked rows; gives their keys."""
        loaded = self._loaded.setdefault(table, {})
        current = self._current.setdefault(table, {})
        keys = [table.key_of(row) for row in rows]
        for key, row in zip(keys, rows, strict=True):
            if loaded.get(key) is None:
                loaded[key] = current[key] = row
                for column, index in self._indexes.get(table, {}).items():
                    index.setdefault(getattr(row, column), {})[key] = None
        return keys

    def name(self, table: Table[Any], keys: Sequence[Any]) -> None:
        """These keys were looked for under lock; where no row came, there is none."""
        loaded = self._loaded.setdefault(table, {})
        current = self._current.setdefault(table, {})
        for key in keys:
            if key not in loaded:
                loaded[key] = current[key] = None

    def index(self, table: Table[Any], column: str) -> None:
        """Keep rows findable by this column, from now on."""
        self._current.setdefault(table, {})
        index = self._indexes.setdefault(table, {}).setdefault(column, {})
        for key, row in self._current[table].items():
            if row is not None:
                index.setdefault(getattr(row, column), {})[key] = None

    def found(self, selection: Selection[Any], keys: list[Any]) -> None:
        """What a selection found, in its order."""
        self._current.setdefault(selection.table, {})
        self._selected[selection] = keys

    def begin(self) -> None:
        """The next operation decides."""
        self._undo.clear()
        self._mark = (len(self.emitted), len(self.answers), len(self.statements), len(self.readings))

    def undo(self) -> None:
        """The operation that decided last leaves nothing."""
        for current, key, before in reversed(self._undo):
            if before is _ABSENT:
                del current[key]
            else:
                current[key] = before
        emitted, answers, statements, readings = self._mark
        del self.emitted[emitted:], self.answers[answers:], self.statements[statements:], self.readings[readings:]

    def changes(self, table: Table[Any]) -> Writes | None:
        """What the operations changed; None if nothing. A row put several times is written once."""
        current = self._current.get(table)
        if not current:
            return None
        loaded = self._loaded.get(table, {})
        writes = Writes()
        changed = False
        for key, row in current.items():
            before = loaded.get(key)
            if row is before:
                continue
            changed = True
            if row is None:
                writes.deleted.append(key)
            elif before is None:
                writes.inserted.append(row)
            else:
                writes.updated.append((before, row))
        return writes if changed else None
