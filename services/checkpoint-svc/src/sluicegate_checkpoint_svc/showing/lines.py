"""Finds what changed between two texts, line by line, in a time that hostile texts can't drive up.

Patience difference (Bram Cohen): lines that appear once in both texts are fixed points, in their longest common order;
what lies between them is compared the same way. Small gaps without such lines go to difflib, large ones count as
replaced.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_SMALL = 40_000
"""Lines times lines: a gap up to this size takes difflib some milliseconds."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines `a` to `b` of the old text, and `c` to `d` of the new one, that are the same or stand for each other."""

    same: bool
    a: int
    b: int
    c: int
    d: int


def split(text: str) -> list[str]:
    """The lines. A text that ends in an end of line has no empty line after it."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def compare(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Stretches that cover both texts in order; the same and the changed alternate."""
    return list(_joined(_same(old, new, 0, len(old), 0, len(new)), len(old), len(new)))


def _joined(runs: Iterator[tuple[int, int, int]], old_length: int, new_length: int) -> Iterator[Stretch]:
    """Runs of equal lines (old place, new place, length) with the changes between them."""
    merged: list[list[int]] = []
    for place, other, length in runs:
        if merged and merged[-1][0] + merged[-1][2] == place and merged[-1][1] + merged[-1][2] == other:
            merged[-1][2] += length
        elif length:
            merged.append([place, other, length])
    a = c = 0
    for place, other, length in [*merged, [old_length, new_length, 0]]:
        if place > a or other > c:
            yield Stretch(False, a, place, c, other)
        if length:
            yield Stretch(True, place, place + length, other, other + length)
        a, c = place + length, other + length


def _same(old: Sequence[str], new: Sequence[str], a: int, b: int, c: int, d: int) -> Iterator[tuple[int, int, int]]:
    """Runs of equal lines within old[a:b] and new[c:d], in order."""
    pending = [(a, b, c, d)]
    while pending:
        a, b, c, d = pending.pop()
        if a == -1:
            yield b, c, d
            continue
        head = 0
        while a + head < b and c + head < d and old[a + head] == new[c + head]:
            head += 1
        tail = 0
        while b - tail > a + head and d - tail > c + head and old[b - tail - 1] == new[d - tail - 1]:
            tail += 1
        if head:
            yield a, c, head
        if tail:
            pending.append((-1, b - tail, d - tail, tail))
        a, b, c, d = a + head, b - tail, c + head, d - tail
        if set(old[a:b]).isdisjoint(new[c:d]):
            continue
        fixed = _fixed_points(old, new, a, b, c, d)
        if fixed:
            # The gaps between the fixed points, the last one first: the pile gives them back in order.
            gaps = []
            for place, other, length in _runs(fixed):
                gaps += [(a, place, c, other), (-1, place, other, length)]
                a, c = place + length, other + length
            pending += reversed([*gaps, (a, b, c, d)])
        elif (b - a) * (d - c) <= _SMALL:
            matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
            pending += reversed(
                [(-1, a + i, c + j, length) for i, j, length in matcher.get_matching_blocks() if length]
            )


def _fixed_points(old: Sequence[str], new: Sequence[str], a: int, b: int, c: int, d: int) -> list[tuple[int, int]]:
    """Places of lines that are there once on either side, in the longest order that both sides have."""
    once_old, once_new = Counter(old[a:b]), Counter(new[c:d])
    places = {line: place for place, line in enumerate(old[a:b], start=a) if once_old[line] == 1}
    pairs = [
        (places[line], other) for other, line in enumerate(new[c:d], start=c) if once_new[line] == 1 and line in places
    ]
    return _longest_rising(pairs)


def _runs(points: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Points that follow each other on both sides are one run: place, place, length."""
    place, other = points[0]
    length = 0
    for a, c in points:
        if (a, c) != (place + length, other + length):
            yield place, other, length
            place, other, length = a, c, 0
        length += 1
    yield place, other, length


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose first members rise; their second ones do already."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (place, _) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            at.append(number)
        else:
            ends[length], at[length] = place, number
    found = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
