"""Where the time of a run went, as the segments of one bar and their sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sluicegate_api.domain.story import Asked, Chapter, Ended, Queued, RunStory, Stop, Stretch
from sluicegate_api.pages.words import lasting

WIDTH = 1000
LEAST = 6
"""So wide is what would be too short to see."""


class Spent(StrEnum):
    """What time was spent on."""

    WORK = "work"
    LOST = "lost"
    """Work of a replica that was lost."""
    PEOPLE = "people"
    QUEUE = "queue"
    PAUSE = "pause"
    """Kept back: before another attempt, or until the time that was asked for."""


WORDS: Mapping[Spent, str] = {
    Spent.WORK: "at work",
    Spent.LOST: "with a lost worker",
    Spent.PEOPLE: "waiting for people",
    Spent.QUEUE: "waiting for a slot",
    Spent.PAUSE: "held back",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar, in units of `WIDTH`."""

    spent: Spent
    x: int
    width: int
    text: str


@dataclass(frozen=True, slots=True)
class Sum:
    """All that was spent on one thing."""

    spent: Spent
    took: str
    word: str


@dataclass(frozen=True, slots=True)
class Spans:
    """The bar and what it adds up to."""

    segments: tuple[Segment, ...]
    sums: tuple[Sum, ...]
    total: str
    goes_on: bool


def spans(story: RunStory, now: datetime) -> Spans:
    """Of one run. Lengths are to scale, but what took part at all is wide enough to be seen."""
    pieces: list[tuple[Spent, float]] = []
    for chapter in story.chapters:
        spent, ms = _spent(chapter, now)
        if spent is None or ms <= 0:
            continue
        if pieces and pieces[-1][0] is spent:
            pieces[-1] = (spent, pieces[-1][1] + ms)
        else:
            pieces.append((spent, ms))
    total = sum(ms for _, ms in pieces)
    sums: dict[Spent, float] = {}
    for spent, ms in pieces:
        sums[spent] = sums.get(spent, 0) + ms
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return Spans(
        _segments(pieces, total),
        tuple(Sum(spent, lasting(ms), WORDS[spent]) for spent, ms in ordered),
        lasting(total),
        story.end is None,
    )


def _segments(pieces: list[tuple[Spent, float]], total: float) -> tuple[Segment, ...]:
    if not pieces:
        return ()
    free = max(0, WIDTH - LEAST * len(pieces))
    found, x = [], 0.0
    for spent, ms in pieces:
        width = (LEAST if free else WIDTH / len(pieces)) + free * ms / total
        found.append(Segment(spent, round(x), round(x + width) - round(x), f"{lasting(ms)} {WORDS[spent]}"))
        x += width
    return tuple(found)


def _spent(chapter: Chapter, now: datetime) -> tuple[Spent | None, float]:
    match chapter:
        case Queued() if chapter.after_failure or chapter.began > now:
            return Spent.PAUSE, _ms((chapter.ended or now) - chapter.began)
        case Queued():
            return Spent.QUEUE, _ms((chapter.ended or now) - chapter.began)
        case Stretch():
            ran_ms = _ms(now - chapter.began) if chapter.ran_ms is None else chapter.ran_ms
            return Spent.LOST if chapter.stop is Stop.LOST else Spent.WORK, ran_ms
        case Asked():
            return Spent.PEOPLE, _ms((chapter.ended or now) - chapter.began)
        case Ended():
            return None, 0.0


def _ms(lasted: timedelta) -> float:
    return lasted / timedelta(milliseconds=1)
