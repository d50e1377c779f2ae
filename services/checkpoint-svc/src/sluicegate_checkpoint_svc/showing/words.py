"""Puts the lines that go beside those that come for them, and marks the words that changed between two."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_MOST_TOKENS = 300
_MOST_PAIRS = 900
"""Lines times lines: more are put side by side in order."""
_LEAST_ALIKE = 0.5
"""Below this two lines have nothing to do with each other, and marks would be confetti."""

Piece: TypeAlias = tuple[bool, str]
"""Whether it changed, and its text."""
Pair: TypeAlias = tuple[int | None, int | None]
"""Places of a line that goes and of the one that comes for it; None: there is none."""


def pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Each line of both sides once and in order; those that are most alike stand together."""
    if len(old) * len(new) > _MOST_PAIRS or len(old) == len(new) == 1:
        return _in_order(len(old), len(new))
    ours, theirs = [Counter(_words(line)) for line in old], [Counter(_words(line)) for line in new]
    # The best sum of likenesses for what is left of both sides, from the end to the start.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in theirs] for a in ours]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _LEAST_ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    found: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _LEAST_ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    found += [(place, None) for place in range(i, len(old))]
    found += [(None, place) for place in range(j, len(new))]
    return _closed_up(found)


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both lines in pieces."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(ours) > _MOST_TOKENS or len(theirs) > _MOST_TOKENS:
        return [(False, old)], [(False, new)]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < _LEAST_ALIKE:
        return [(False, old)], [(False, new)]
    before: list[Piece] = []
    after: list[Piece] = []
    for how, a, b, c, d in matcher.get_opcodes():
        changed = how != "equal"
        if b > a:
            before.append((changed, "".join(ours[a:b])))
        if d > c:
            after.append((changed, "".join(theirs[c:d])))
    return before, after


def _words(line: str) -> list[str]:
    """What tells lines apart: their words, or their signs where there are no words."""
    tokens = [token for token in _TOKEN.findall(line[:2000]) if not token.isspace()]
    return [token for token in tokens if token[0].isalnum() or token[0] == "_"] or tokens


def _alike(ours: Counter[str], theirs: Counter[str]) -> float:
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0


def _in_order(old: int, new: int) -> list[Pair]:
    longest = range(max(old, new))
    return [(place if place < old else None, place if place < new else None) for place in longest]


def _closed_up(found: list[Pair]) -> list[Pair]:
    """A run of lines that only go, then one of lines that only come, share their rows."""
    rows: list[Pair] = []
    gone: list[int] = []
    come: list[int] = []
    for old, new in [*found, (0, 0)]:
        if old is not None and new is not None:
            both = zip([*gone, *[None] * len(come)], [*come, *[None] * len(gone)], strict=True)
            rows += [(a, b) for a, b in both if a is not None or b is not None]
            rows.append((old, new))
            gone, come = [], []
        elif old is not None:
            gone.append(old)
        elif new is not None:
            come.append(new)
    return rows[:-1]
