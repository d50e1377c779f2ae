"""Which characters mislead whoever reads a text: those that are not seen, or that move others about.

Source: Unicode Technical Report 36 and the "Trojan Source" paper (CVE-2021-42574).
"""

import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def misleads(character: str) -> bool:
    """Whether it has to be shown by its number. Ends of lines and tabs too: the caller may spare them."""
    category = unicodedata.category(character)
    # Spaces other than the plain one look like it and are not.
    return (
        category in _HIDDEN_CATEGORIES
        or (category == "Zs" and character != " ")
        or character in _INVISIBLE_LETTERS
        or any(ord(character) in selectors for selectors in _SELECTORS)
    )
