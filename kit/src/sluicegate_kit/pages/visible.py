"""Shows text from strangers on a page: inert, and with what would hide in it made visible."""

import re
import unicodedata
from functools import cache

from markupsafe import Markup, escape

from sluicegate_schemas.misleading import character_class

_STACKED_MARKS = 4
"""Accents on one letter beyond this climb into other lines; no script needs more."""
_MIXED = re.compile(
    "[A-Za-z\u00c0-\u024f][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][A-Za-z\u00c0-\u024f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]+")


def line(text: str) -> Markup:
    """Text that stands on one line, kept apart from what is around it in direction too."""
    return Markup("<bdi>") + _marked(text, _hidden(ends_of_lines=True)) + Markup("</bdi>")


def block(text: str) -> Markup:
    """Text on its own lines; tabs stay. For an element that keeps white space."""
    if text.isascii() and text.isprintable():
        return escape(text)
    return _marked(text, _hidden(ends_of_lines=False))


def plain(text: str) -> str:
    """As `line`, where markup can't stand: in a title, in an attribute."""
    return _hidden(ends_of_lines=True).sub(lambda found: "".join(f"⟨U+{ord(each):04X}⟩" for each in found[0]), text)


def count(text: str) -> int:
    """How many places in a text on its lines have to be made visible."""
    if text.isascii():
        return sum(1 for _ in _CONTROL.finditer(text))
    hidden = sum(1 for _ in _hidden(ends_of_lines=False).finditer(text))
    return hidden + sum(1 for _ in _MIXED.finditer(text))


@cache
def _hidden(*, ends_of_lines: bool) -> re.Pattern[str]:
    spared = "" if ends_of_lines else r"(?![\n\t])"
    # Runs that a mark may join: a joiner between two emoji is shown all the same, rather too much than too little.
    return re.compile(f"{spared}[{character_class()}]|[\u0300-\u036f]{{{_STACKED_MARKS + 1},}}")


def _marked(text: str, hidden: re.Pattern[str]) -> Markup:
    parts: list[Markup] = []
    place = 0
    for found in hidden.finditer(text):
        parts += (_words(text[place : found.start()]), *map(_shown, found[0]))
        place = found.end()
    parts.append(_words(text[place:]))
    return Markup("").join(parts)


def _words(text: str) -> Markup:
    """Letters of another alphabet inside a word are marked: a Cyrillic `а` in `pаypal` looks like any other."""
    if text.isascii() or _MIXED.search(text) is None:
        return escape(text)
    parts: list[Markup] = []
    place = 0
    for word in _WORD.finditer(text):
        if _MIXED.search(word[0]) is None:
            continue
        for foreign in _FOREIGN.finditer(text, word.start(), word.end()):
            parts += (escape(text[place : foreign.start()]), _lookalike(foreign[0]))
            place = foreign.end()
    return Markup("").join((*parts, escape(text[place:])))


def _lookalike(letters: str) -> Markup:
    names = ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter, 'unnamed').lower()}" for letter in letters[:8])
    return Markup('<mark class="lookalike" title="{}">{}</mark>').format(names, letters)


@cache
def _shown(character: str) -> Markup:
    name = unicodedata.name(character, _CONTROLS.get(character, "unnamed")).lower()
    return Markup('<mark class="hidden-char" title="{}">⟨U+{}⟩</mark>').format(name, f"{ord(character):04X}")


_CONTROLS = {
    "\0": "null",
    "\x07": "bell",
    "\x08": "backspace",
    "\t": "tab",
    "\n": "end of line",
    "\r": "carriage return",
    "\x1b": "escape",
    "\x7f": "delete",
}
