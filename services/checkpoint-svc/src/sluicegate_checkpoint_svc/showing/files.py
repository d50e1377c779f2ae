"""Shows the files that a payload would write: each as a difference from what stands there now.

A `files` view points to a list of `{path, content, present}`; `present` is null for a new file, else
`{content, digest, bytes}`, its content null where that is no text. What else such an object holds is shown as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sluicegate_checkpoint_svc.showing.exact import Value
from sluicegate_checkpoint_svc.showing.lines import Stretch, compare, split
from sluicegate_checkpoint_svc.showing.parts import Part
from sluicegate_checkpoint_svc.showing.words import Piece, marked, pairs

CONTEXT_LINES = 3
OPEN_LINES = 500
"""Files are unfolded, in order, until so many lines are drawn."""
DRAWN_LINES = 3_000
"""Of one file by itself."""
DRAWN_CHARACTERS = 5_000
"""Of one line."""


class What(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REPLACED = "replaced"
    """What is there now is not text."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of the payload."""

    number: int
    path: str
    content: str
    what: What
    present: str | None
    present_digest: str | None
    present_bytes: str | None
    others: tuple[Part, ...]
    """Members that the view does not know."""
    stretches: tuple[Stretch, ...]
    added: int
    removed: int

    @property
    def lines(self) -> int:
        """How many lines its difference draws, about."""
        return self.added + self.removed + 2 * CONTEXT_LINES


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file as it is or as it would be."""

    number: int
    pieces: tuple[Piece, ...]
    cut: int = 0
    """Characters that are not drawn."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stay, or lines that go and those that come for them."""

    same: bool
    old: tuple[Line | None, ...]
    new: tuple[Line | None, ...]
    """As many as `old`; None keeps a place free beside a line that has no counterpart."""

    @property
    def lines(self) -> int:
        """How many lines it draws."""
        return sum(line is not None for line in (*self.old, *self.new))


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where something changes, with what is around it; `skipped` unchanged lines stand before it."""

    skipped: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn of a file's difference."""

    hunks: tuple[Hunk, ...]
    skipped: int
    """Unchanged lines after the last hunk."""
    folded: int
    """Changed lines that are too many to draw."""
    ends_without_newline: bool


def read(part: Part) -> list[FileChange] | None:
    """The files; None if the part is not of a `files` view's shape."""
    if not isinstance(part.value, list) or not part.value:
        return None
    found = []
    for number, item in enumerate(part.value):
        change = _file(number, item, f"{part.pointer}/{number}")
        if change is None:
            return None
        found.append(change)
    return found


def draw(change: FileChange, limit: int = DRAWN_LINES) -> Drawing:
    """The difference, to be looked at: about `limit` lines of it, those around the changes included."""
    old, new = split(change.present or ""), split(change.content)
    hunks: list[Hunk] = []
    left, reached = limit, 0
    for group in _groups(change.stretches):
        if left <= 0:
            break
        skipped = group[0].a - reached
        blocks = []
        for stretch in group:
            block = _block(stretch, old, new, max(left, 0))
            left -= len(block.old) if stretch.same else block.lines
            blocks.append(block)
        hunks.append(Hunk(skipped, tuple(blocks)))
        reached = group[-1].b
    drawn = sum(block.lines for hunk in hunks for block in hunk.blocks if not block.same)
    folded = change.added + change.removed - drawn
    after = 0 if folded else len(old) - reached
    return Drawing(tuple(hunks), after, folded, change.content != "" and not change.content.endswith("\n"))


def _file(number: int, item: Value, pointer: str) -> FileChange | None:
    if not isinstance(item, dict) or type(item.get("path")) is not str or type(item.get("content")) is not str:
        return None
    present = item.get("present")
    if present is not None and not isinstance(present, dict):
        return None
    path, content = str(item["path"]), str(item["content"])
    facts = present or {}
    before = facts.get("content")
    if before is not None and type(before) is not str:
        return None
    known = {"path", "content", "present"}
    others = tuple(Part(f"{pointer}/{name}", value) for name, value in item.items() if name not in known)
    others += tuple(
        Part(f"{pointer}/present/{name}", value)
        for name, value in facts.items()
        if name not in ("content", "digest", "bytes")
    )
    stretches = compare(split(str(before or "")), split(content))
    added = sum(stretch.d - stretch.c for stretch in stretches if not stretch.same)
    removed = sum(stretch.b - stretch.a for stretch in stretches if not stretch.same)
    if present is None:
        what = What.NEW
    elif before is None:
        what = What.REPLACED
    else:
        what = What.SAME if before == content else What.CHANGED
    return FileChange(
        number=number,
        path=path,
        content=content,
        what=what,
        present=None if before is None else str(before),
        present_digest=_text(facts.get("digest")),
        present_bytes=_text(facts.get("bytes")),
        others=others,
        stretches=tuple(stretches),
        added=added,
        removed=removed,
    )


def _text(value: Value) -> str | None:
    return str(value) if isinstance(value, str) else None


def _groups(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Changes with the lines around them; two that are close together make one group."""
    group: list[Stretch] = []
    for stretch in stretches:
        if not stretch.same:
            group.append(stretch)
            continue
        length = stretch.b - stretch.a
        if group and length > 2 * CONTEXT_LINES:
            group.append(_first(stretch, CONTEXT_LINES))
            yield group
            group = []
        if group:
            group.append(stretch)
        else:
            group = [_last(stretch, CONTEXT_LINES)]
    if any(not stretch.same for stretch in group):
        if group[-1].same:
            group[-1] = _first(group[-1], CONTEXT_LINES)
        yield group


def _first(same: Stretch, lines: int) -> Stretch:
    lines = min(lines, same.b - same.a)
    return Stretch(True, same.a, same.a + lines, same.c, same.c + lines)


def _last(same: Stretch, lines: int) -> Stretch:
    lines = min(lines, same.b - same.a)
    return Stretch(True, same.b - lines, same.b, same.d - lines, same.d)


def _block(stretch: Stretch, old: Sequence[str], new: Sequence[str], limit: int) -> Block:
    if stretch.same:
        return Block(
            True,
            tuple(_line(place, ((False, old[place]),)) for place in range(stretch.a, stretch.b)),
            tuple(_line(other, ((False, new[other]),)) for other in range(stretch.c, stretch.d)),
        )
    gone = range(stretch.a, min(stretch.b, stretch.a + limit))
    come = range(stretch.c, min(stretch.d, stretch.c + max(0, limit - len(gone))))
    before: list[Line | None] = []
    after: list[Line | None] = []
    for a, b in pairs([old[place] for place in gone], [new[place] for place in come]):
        if a is not None and b is not None:
            ours, theirs = marked(old[gone[a]], new[come[b]])
            before.append(_line(gone[a], tuple(ours)))
            after.append(_line(come[b], tuple(theirs)))
        else:
            before.append(None if a is None else _line(gone[a], ((False, old[gone[a]]),)))
            after.append(None if b is None else _line(come[b], ((False, new[come[b]]),)))
    return Block(False, tuple(before), tuple(after))


def _line(place: int, pieces: tuple[Piece, ...]) -> Line:
    length = sum(len(text) for _, text in pieces)
    if length <= DRAWN_CHARACTERS:
        return Line(place + 1, pieces)
    drawn, left = [], DRAWN_CHARACTERS
    for changed, text in pieces:
        drawn.append((changed, text[:left]))
        left -= len(drawn[-1][1])
    return Line(place + 1, tuple(drawn), length - DRAWN_CHARACTERS)
