"""Reads a payload as its view says, and lists what the view leaves out."""

import json
from dataclasses import dataclass

from sluicegate_checkpoint_svc.showing import files, table, tree
from sluicegate_checkpoint_svc.showing.exact import Scalar, Value, is_scalar, parse
from sluicegate_checkpoint_svc.showing.files import FileChange
from sluicegate_checkpoint_svc.showing.parts import Part, find, rest
from sluicegate_checkpoint_svc.showing.table import Sheet, Table
from sluicegate_checkpoint_svc.showing.tree import Node

FACT_MEMBERS = 6
"""An object of at most so many plain values is told in one line."""
FACT_CHARACTERS = 200
KNOWN_VIEWS = ("files", "table", "json")


@dataclass(frozen=True, slots=True)
class Fact:
    """A plain value, or a few that belong together."""

    name: str
    values: tuple[tuple[str | None, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """A part that the view leaves out."""

    name: str
    sheet: Sheet | None
    tree: Node | None
    """One of the two."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A payload, ready to be drawn: exactly one of `files`, `sheet` and `tree`."""

    files: tuple[FileChange, ...] | None = None
    sheet: Sheet | None = None
    before: Table | None = None
    tree: Node | None = None
    words: tuple[str, ...] = ()
    misfit: str | None = None
    """What the handler asked for and this payload can't give; the tree is shown in its place."""
    facts: tuple[Fact, ...] = ()
    asides: tuple[Aside, ...] = ()

    @property
    def added(self) -> int:
        """Lines that come, in all files."""
        return sum(change.added for change in self.files or ())

    @property
    def removed(self) -> int:
        """Lines that go, in all files."""
        return sum(change.removed for change in self.files or ())


def read(payload: str, view: str | None) -> Reading:
    """The reading of a payload's JSON text, by its view's JSON text."""
    value = parse(payload)
    wanted = {} if view is None else json.loads(view)
    kind, at = wanted.get("kind"), wanted.get("at") or ""
    words = tuple(wanted.get("words") or ())
    part = find(value, at)
    if view is None:
        return Reading(tree=tree.tree(value))
    if kind == "files" and part is not None and (changes := files.read(part)) is not None:
        return _with_rest(value, frozenset({at}), files=tuple(changes), words=words)
    if kind == "table" and part is not None and (after := table.read(part.value)) is not None:
        before_at = wanted.get("before")
        found = find(value, before_at) if before_at is not None else None
        before = None if found is None else table.read(found.value)
        covered = frozenset({at} if before is None else {at, str(before_at)})
        return _with_rest(value, covered, sheet=table.draw(after, before), before=before, words=words)
    if kind == "json" and part is not None:
        return _with_rest(value, frozenset({at}), tree=tree.tree(part.value), words=words)
    return Reading(tree=tree.tree(value), words=words, misfit=_misfit(str(kind), at))


def _misfit(kind: str, at: str) -> str:
    if kind not in KNOWN_VIEWS:
        return f"The handler wants this shown as “{kind}”, which this console doesn't know"
    return f"The handler wants {at or 'the payload'} shown as “{kind}”, but it is not of that shape"


def _with_rest(
    value: Value,
    covered: frozenset[str],
    *,
    words: tuple[str, ...],
    files: tuple[FileChange, ...] | None = None,
    sheet: Sheet | None = None,
    before: Table | None = None,
    tree: Node | None = None,
) -> Reading:
    facts, asides = [], []
    for part in rest(value, covered):
        fact = _fact(part)
        if fact is not None:
            facts.append(fact)
        else:
            asides.append(_aside(part))
    return Reading(files, sheet, before, tree, words, None, tuple(facts), tuple(asides))


def _fact(part: Part) -> Fact | None:
    if isinstance(part.value, dict):
        values = tuple((name, member) for name, member in part.value.items() if not isinstance(member, list | dict))
        if 0 < len(values) == len(part.value) <= FACT_MEMBERS and all(_short(member) for _, member in values):
            return Fact(part.name, values)
        return None
    if is_scalar(part.value) and not isinstance(part.value, list) and _short(part.value):
        return Fact(part.name, ((None, part.value),))
    return None


def _short(value: Scalar) -> bool:
    return not isinstance(value, str) or (len(value) <= FACT_CHARACTERS and "\n" not in value)


def _aside(part: Part) -> Aside:
    rows = table.read(part.value)
    if rows is not None:
        return Aside(part.name, table.draw(rows), None)
    return Aside(part.name, None, tree.tree(part.value))
