"""Shows bytes of unknown origin: as text where they are text, else by number, sixteen to a line."""

from dataclasses import dataclass

MOST = 64 * 1024
"""Bytes that are shown; more of a record helps nobody find out what is wrong with it."""
_LINE = 16


@dataclass(frozen=True, slots=True)
class RawBytes:
    """Some bytes on a page."""

    size: int
    text: str | None
    """UTF-8; the page makes visible what would hide in it."""
    lines: tuple[tuple[str, str, str], ...]
    """Else: offset, bytes by number, and the printable ones as letters."""
    cut: bool


def raw_bytes(data: bytes) -> RawBytes:
    """As they are shown."""
    cut = len(data) > MOST
    text = _text(data[:MOST], cut=cut)
    return RawBytes(len(data), text, () if text is not None else _lines(data[:MOST]), cut)


def _text(data: bytes, *, cut: bool) -> str | None:
    for missing in range(4 if cut else 1):  # a character may be cut in two
        try:
            return data[: len(data) - missing].decode()
        except UnicodeDecodeError:
            continue
    return None


def _lines(data: bytes) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            f"{start:06x}",
            data[start : start + _LINE].hex(" "),
            "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data[start : start + _LINE]),
        )
        for start in range(0, len(data), _LINE)
    )
