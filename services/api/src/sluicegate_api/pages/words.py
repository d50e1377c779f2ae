"""Sentences for people, made of parts that a template can tell apart: names and quoted text come from strangers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sluicegate_kit.pages.moments import duration


class As(StrEnum):
    """How a part of a sentence is set."""

    PLAIN = "plain"
    NAME = "name"
    """A person."""
    CODE = "code"
    """A name that machines use, too."""
    QUOTE = "quote"
    """Somebody's own words."""
    LINK = "link"
    WHEN = "when"
    """A moment, said by how far away it is."""
    SINCE = "since"
    """How long something has lasted; it goes on."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence."""

    text: str
    how: As = As.PLAIN
    href: str = ""
    at: datetime | None = None


Sentence: TypeAlias = tuple[Part, ...]


def sentence(*parts: Part | str) -> Sentence:
    """Plain text stands for itself; nothing is added in between."""
    return tuple(Part(part) if isinstance(part, str) else part for part in parts)


def name(text: str) -> Part:
    """A person."""
    return Part(text, As.NAME)


def code(text: str) -> Part:
    """A job type, a replica, a step."""
    return Part(text, As.CODE)


def quote(text: str, href: str = "") -> Part:
    """A title, in quotation marks, which may lead to what it is the title of."""
    return Part(text, As.QUOTE, href)


def link(text: str, href: str) -> Part:
    """Where to go for more."""
    return Part(text, As.LINK, href)


def when(moment: datetime) -> Part:
    """A moment."""
    return Part(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", As.WHEN, at=moment)


def since(moment: datetime, now: datetime) -> Part:
    """How long ago a moment is, and on a page longer by the second."""
    return Part(lasting((now - moment) / timedelta(milliseconds=1)), As.SINCE, at=moment)


def plain(said: Sentence) -> str:
    """The sentence as a screen reader or a test has it."""
    return "".join(f"“{part.text}”" if part.how is As.QUOTE else part.text for part in said)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 step`, `3 steps`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", "\u202f")


def lasting(ms: float) -> str:
    """How long something took, as exactly as helps: `0.4 ms`, `38 ms`, `1.2 s`, `12 s`, `4 min 10 s`."""
    if ms < 10:
        return f"{max(ms, 0):.1f} ms" if ms >= 0.05 else "0 ms"
    if ms < 1000:
        return f"{min(round(ms), 999)} ms"
    if ms < 9_950:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    if 0 < minutes < 10 and seconds:
        return f"{minutes} min {seconds} s"
    return duration(round(ms / 1000))
