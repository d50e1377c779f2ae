"""Whether a changed schema keeps its promise: it may add optional fields, and say things in other words."""

from collections.abc import Iterator
from typing import Any

WORDS = frozenset({"title", "description", "examples"})
"""Keywords that promise nothing."""


def breaks(released: dict[str, Any], changed: dict[str, Any]) -> list[str]:
    """What the changed schema no longer keeps, each with its place as a JSON pointer."""
    return list(_compare(released, changed, ""))


def _compare(old: Any, new: Any, at: str) -> Iterator[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{at or '/'} changed from {old!r} to {new!r}"
        return
    for keyword in sorted((old.keys() | new.keys()) - WORDS):
        place = f"{at}/{keyword}"
        if keyword == "properties":
            yield from _compare_fields(old, new, place)
        elif keyword == "$defs":
            yield from _compare_parts(old.get(keyword, {}), new.get(keyword, {}), place)
        elif keyword == "required":
            yield from _compare_required(old, new, place)
        elif keyword not in new:
            yield f"{place} is gone"
        elif keyword not in old:
            yield f"{place} is new"
        else:
            yield from _compare(old[keyword], new[keyword], place)


def _compare_fields(old: dict[str, Any], new: dict[str, Any], at: str) -> Iterator[str]:
    """Fields by name: `title` may be a field, so no word is passed over here. New ones are judged by `required`."""
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, field in before.items():
        if name in after:
            yield from _compare(field, after[name], f"{at}/{name}")
        else:
            yield f"{at}/{name} is gone"


def _compare_parts(old: dict[str, Any], new: dict[str, Any], at: str) -> Iterator[str]:
    """A part that is gone is named where it was used, or was used by nothing."""
    for name in old.keys() & new.keys():
        yield from _compare(old[name], new[name], f"{at}/{name}")


def _compare_required(old: dict[str, Any], new: dict[str, Any], at: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before ^ after):
        yield f"{at}: {name} became {'required' if name in after else 'optional'}"
