"""Shows text from strangers on a page: inert, and with what would hide in it made visible."""

import re
import unicodedata
from functools import cache

from markupsafe import Markup, escape

from sluicegate_schemas.misleading import misleads

_STACKED_MARKS = 4
"""Accents on one letter beyond this climb into other lines; no script needs more."""
_STACK = f"[\u0300-\u036f]{{{_STACKED_MARKS + 1},}}"
_LATIN = "A-Za-z\u00c0-\u024f"
_ALIKE = (
    "\u0370-\u03ff\u0400-\u058f\u13a0-\u13ff\u2c80-\u2cff\ua4d0-\ua4ff\uab70-\uabbf\uff21-\uff5a\U0001d400-\U0001d7ff"
)
"""Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu; fullwidth and mathematical letters. Scripts that are written
beside Latin in one word, as Japanese is, have no letter that passes for one."""
_MIXED = re.compile(f"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]")
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile(f"[{_ALIKE}]+")
_ON_LINES = frozenset("\n\t")


def line(text: str) -> Markup:
    """Text that stands on one line, kept apart from what is around it in direction too."""
    return Markup("<bdi>") + _marked(text, _hidden(text)) + Markup("</bdi>")


def block(text: str) -> Markup:
    """Text on its own lines; tabs stay. For an element that keeps white space."""
    return _marked(text, _hidden(text) - _ON_LINES)


def plain(text: str) -> str:
    """As `line`, where markup can't stand: in a title, in an attribute."""
    for character in _hidden(text):
        text = text.replace(character, f"⟨U+{ord(character):04X}⟩")
    return text


def count(text: str) -> int:
    """How many places in a text on its lines have to be made visible."""
    hidden = sum(text.count(character) for character in _hidden(text) - _ON_LINES)
    if text.isascii():
        return hidden
    return hidden + sum(1 for _ in _MIXED.finditer(text)) + sum(1 for _ in re.finditer(_STACK, text))


def _hidden(text: str) -> frozenset[str]:
    """Those of its characters that can't be seen. A text of any length has few different ones."""
    if text.isprintable() and text.isascii():
        return frozenset()
    return frozenset(character for character in set(text) if _misleads(character))


_misleads = cache(misleads)


def _marked(text: str, hidden: frozenset[str]) -> Markup:
    if not hidden and text.isascii():
        return escape(text)
    parts: list[Markup] = []
    place = 0
    for found in _pattern(hidden).finditer(text):
        parts += (_words(text[place : found.start()]), *map(_shown, found[0]))
        place = found.end()
    parts.append(_words(text[place:]))
    return Markup("").join(parts)


def _pattern(hidden: frozenset[str]) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(hidden)))}]|{_STACK}" if hidden else _STACK)


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
