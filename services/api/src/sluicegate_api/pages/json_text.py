"""Sets JSON out for people, without changing a character of what it says: numbers stay as they were written."""

import re
from dataclasses import dataclass

SHORT = 20_000
"""Characters that are shown at once; of a longer text only so many, until somebody asks for all of it."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class Shown:
    """A JSON text on a page."""

    text: str
    size: int
    """Characters of the whole, as it is kept."""
    cut: bool
    """There is more of it than is shown."""


def shown(text: str | None, *, whole: bool = False) -> Shown | None:
    """Set out, if it is short or all of it is wanted; else its beginning as it stands."""
    if text is None:
        return None
    if whole or len(text) <= SHORT:
        return Shown(indented(text), len(text), cut=False)
    return Shown(text[:SHORT], len(text), cut=True)


def indented(text: str) -> str:
    """Valid JSON over several lines, two spaces a level; empty objects and lists stay on one."""
    found: list[str] = []
    level = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            level += 1
            found.append(f"{token}\n{'  ' * level}")
        elif token in "}]":
            level -= 1
            found.append(f"\n{'  ' * level}{token}")
        elif token == ",":
            found.append(f",\n{'  ' * level}")
        elif token == ":":
            found.append(": ")
        elif token[0] in "{[":
            found.append(token[0] + token[-1])
        else:
            found.append(token)
    return "".join(found)
