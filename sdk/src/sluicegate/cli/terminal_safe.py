"""Makes text from strangers safe to print: whatever a terminal would obey or hide becomes visible.

Source: Unicode Technical Report 36 and the "Trojan Source" paper (CVE-2021-42574).
"""

import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def block(text: str) -> str:
    """`text` on its lines; tabs stay."""
    return "".join(character if character in "\n\t" else _shown(character) for character in text)


def line(text: str) -> str:
    """`text` on one line: ends of lines are shown too."""
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if " " <= character <= "~":
        return character
    return f"⟨U+{ord(character):04X}⟩" if _misleads(character) else character


def _misleads(character: str) -> bool:
    category = unicodedata.category(character)
    # Spaces other than the plain one look like it and are not.
    return (
        category in _HIDDEN_CATEGORIES
        or category == "Zs"
        or character in _INVISIBLE_LETTERS
        or any(ord(character) in selectors for selectors in _SELECTORS)
    )
