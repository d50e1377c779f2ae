"""Marks the words that changed between a line and the one that replaces it."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_MOST_TOKENS = 300
_LEAST_ALIKE = 0.4
"""Below this, marks would be confetti: the whole line changed."""


Piece = tuple[bool, str]
"""Whether it changed, and its text."""


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
