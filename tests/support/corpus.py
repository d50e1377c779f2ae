"""Reads the corpus of bad input; `tests/corpus/README.md` says what stands in it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"


@dataclass(frozen=True, slots=True)
class HttpEntry:
    """One request, and what it is answered."""

    file: str
    name: str
    service: str
    caller: str
    method: str
    path: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    """None: the header that would be added is left out."""
    body: bytes
    status: int
    problem: str
    at: str | None
    keeps: bytes


@dataclass(frozen=True, slots=True)
class TextEntry:
    """One text, and what a reader has to see of it."""

    file: str
    name: str
    text: str
    marks: tuple[str, ...]
    sees: str
    lookalikes: str


def http_entries() -> list[HttpEntry]:
    """All of `http/`."""
    return [_http(file, entry) for file, entry in _entries("http")]


def text_entries() -> list[TextEntry]:
    """All of `text/`."""
    return [_text(file, entry) for file, entry in _entries("text")]


def _entries(folder: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted((CORPUS / folder).glob("*.toml")):
        read = tomllib.loads(path.read_text("utf-8"))
        given = read.get("given", {})
        found += [(path.stem, {**given, **entry}) for entry in read["entry"]]
    return found


_HTTP_FIELDS = frozenset(
    ["name", "service", "as", "method", "path", "headers", "body", "status", "problem", "at", "keeps"],
)
_TEXT_FIELDS = frozenset(["name", "text", "parts", "marks", "sees", "lookalikes"])


def _http(file: str, entry: Mapping[str, Any]) -> HttpEntry:
    assert entry.keys() <= _HTTP_FIELDS, f"{file}: {entry['name']}: {entry.keys() - _HTTP_FIELDS}"
    at = entry.get("at")
    return HttpEntry(
        file=file,
        name=entry["name"],
        service=entry["service"],
        caller=entry["as"],
        method=entry["method"],
        path=_bytes(entry["path"]),
        headers=tuple(
            (name, None if value is False else _bytes(value, "latin-1")) for name, value in entry.get("headers", ())
        ),
        body=_bytes(entry.get("body", "")),
        status=entry["status"],
        problem=entry.get("problem", "") if entry["status"] >= 400 else "",
        at=at if isinstance(at, str) and entry["status"] >= 400 else None,
        keeps=entry.get("keeps", "").encode(),
    )


def _text(file: str, entry: Mapping[str, Any]) -> TextEntry:
    assert entry.keys() <= _TEXT_FIELDS, f"{file}: {entry['name']}: {entry.keys() - _TEXT_FIELDS}"
    text = _bytes(entry["parts"]).decode() if "parts" in entry else entry["text"]
    marks = [mark for part in entry.get("marks", ()) for mark in _repeated(part)]
    return TextEntry(file, entry["name"], text, tuple(marks), entry.get("sees", ""), entry.get("lookalikes", ""))


def _bytes(value: str | Sequence[Any], encoding: str = "utf-8") -> bytes:
    parts = [value] if isinstance(value, str) else value
    return b"".join(_part(part, encoding) for part in parts)


def _repeated(part: str | Mapping[str, Any]) -> list[str]:
    return [part] if isinstance(part, str) else [part["repeat"]] * part["times"]


def _part(part: str | Mapping[str, Any], encoding: str) -> bytes:
    if isinstance(part, str):
        return part.encode(encoding)
    if "hex" in part:
        return bytes.fromhex(part["hex"])
    repeated: str = part["repeat"] * part["times"]
    return repeated.encode(encoding)
