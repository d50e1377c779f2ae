"""Adds items to the lists of an input form, and takes them away."""

from sluicegate_api.pages.input_shape import Kind, Shape
from sluicegate_api.pages.input_typed import MOST_ITEMS, Typed, blank, members


def added(shape: Shape, typed: Typed, at: str) -> Typed:
    """One more item at the end of the list at this pointer; a pointer to anything else changes nothing."""
    return _changed(shape, typed, _parts(at), remove=False)


def removed(shape: Shape, typed: Typed, at: str) -> Typed:
    """Without the item at this pointer."""
    return _changed(shape, typed, _parts(at), remove=True)


def _parts(at: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:]]


def _changed(shape: Shape, typed: Typed, parts: list[str], *, remove: bool) -> Typed:
    match shape.kind, typed:
        case Kind.LIST, list() if shape.item is not None:
            return _changed_list(shape.item, typed, parts, remove=remove)
        case Kind.GROUP, dict() if parts:
            for member in shape.members:
                if member.name == parts[0]:
                    inner = _changed(member, typed[member.name], parts[1:], remove=remove)
                    return {**typed, member.name: inner}
    return typed


def _changed_list(item: Shape, typed: list[Typed], parts: list[str], *, remove: bool) -> Typed:
    if not parts:
        new = members(item) if item.kind is Kind.GROUP else blank(item)
        return typed if remove or len(typed) >= MOST_ITEMS else [*typed, new]
    place = int(parts[0]) if parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 6 else len(typed)
    if place >= len(typed):
        return typed
    if remove and len(parts) == 1:
        return [*typed[:place], *typed[place + 1 :]]
    return [*typed[:place], _changed(item, typed[place], parts[1:], remove=remove), *typed[place + 1 :]]
