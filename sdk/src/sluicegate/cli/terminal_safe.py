"""Makes text from strangers safe to print: whatever a terminal would obey or hide becomes visible."""

from sluicegate_schemas.misleading import misleads


def block(text: str) -> str:
    """`text` on its lines; tabs stay."""
    return "".join(character if character in "\n\t" else _shown(character) for character in text)


def line(text: str) -> str:
    """`text` on one line: ends of lines are shown too."""
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if " " <= character <= "~":
        return character
    return f"⟨U+{ord(character):04X}⟩" if misleads(character) else character
