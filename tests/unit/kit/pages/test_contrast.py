"""Text can be read on the grounds that it stands on, in both themes (WCAG 2.2, 1.4.3: a contrast of 4.5 to 1)."""

import re
from importlib.resources import files
from itertools import product

import pytest

AA = 4.5
TOKENS = (files("sluicegate_kit") / "pages/static/tokens.css").read_text()
COLOURS = {
    name: dict(zip(("light", "dark"), found, strict=True))
    for name, *found in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
}
TONES = ("accent", "good", "bad", "warn", "odd", "spent")
PLAIN = ("ground", "surface", "sunken", "hover")
WORDS = [
    *product(("ink", "ink-2", "ink-3", *TONES), PLAIN),
    *((tone, f"{tone}-soft") for tone in TONES),
    *product(("ink", "ink-2"), (f"{tone}-soft" for tone in TONES)),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_can_be_read(words: str, ground: str, theme: str) -> None:
    assert contrast(COLOURS[words][theme], COLOURS[ground][theme]) >= AA


def contrast(one: str, other: str) -> float:
    """By the formula of WCAG 2.2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
