"""Charts as shapes: where each bar stands and how high it is. Templates draw them as SVG, in a box 100 high."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ROUND = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
ROUND_SECONDS = (
    *(1, 2, 5, 10, 20, 30),
    *(MINUTE * number for number in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(HOUR * number for number in (1, 2, 3, 4, 6, 8, 12, 18)),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar, in the box's units."""

    name: str
    """What it stands for: its class in the style sheet is `of-<name>`."""
    start: float
    """From the box's top, or from its left side where bars lie."""
    length: float


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar per slice, each one unit wide, and the value that the box's height stands for."""

    bars: Sequence[Sequence[Piece]]
    top: float


def stacked(stacks: Sequence[Sequence[tuple[str, float]]]) -> Bars:
    """Counts: each bar's parts stand on each other, the first at the bottom."""
    top = round_top(max((sum(value for _, value in stack) for stack in stacks), default=0))
    return Bars([list(_pile(stack, top)) for stack in stacks], top)


def overlaid(layers: Sequence[Sequence[tuple[str, float]]]) -> Bars:
    """Durations in seconds: each bar's parts all stand on the ground, the first behind the others."""
    top = round_duration(max((value for layer in layers for _, value in layer), default=0))
    return Bars([[_standing(name, value, top) for name, value in layer] for layer in layers], top)


def shares(parts: Sequence[tuple[str, float]]) -> list[Piece]:
    """One bar that lies, 100 long, cut in proportion."""
    whole, pieces, start = sum(value for _, value in parts), [], 0.0
    for name, value in parts:
        if value > 0:
            pieces.append(Piece(name, round(start, 3), round(100 * value / whole, 3)))
            start += 100 * value / whole
    return pieces


def round_top(value: float) -> float:
    """The least whole number that is not less; above ten, of 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, …"""
    scale = 1
    while scale * ROUND[-1] < value:
        scale *= 10
    return float(next(scale * number for number in ROUND if scale * number >= value))


def round_duration(seconds: float) -> float:
    """The least that is not less and that people would say: `30 s`, `20 min`, `3 h`, `2 d`."""
    for found in ROUND_SECONDS:
        if found >= seconds:
            return float(found)
    return DAY * round_top(seconds / DAY)


def _pile(stack: Sequence[tuple[str, float]], top: float) -> Iterable[Piece]:
    ground = 100.0
    for name, value in stack:
        if value > 0:
            length = 100 * value / top
            ground -= length
            yield Piece(name, round(ground, 3), round(length, 3))


def _standing(name: str, value: float, top: float) -> Piece:
    return Piece(name, round(100 - 100 * value / top, 3), round(100 * value / top, 3))
