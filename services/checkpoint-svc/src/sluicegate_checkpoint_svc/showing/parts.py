"""Takes a payload apart: what a view points to, and what it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass

from sluicegate_checkpoint_svc.showing.exact import Value


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a payload, and where it stands there."""

    pointer: str
    """RFC 6901; empty: all of it."""
    value: Value

    @property
    def name(self) -> str:
        """The last step of the pointer, as people say it."""
        return _unescape(self.pointer.rpartition("/")[2]) if self.pointer else "payload"


def find(value: Value, pointer: str) -> Part | None:
    """What the pointer names; None if there is no such part, or it is no pointer."""
    if pointer and not pointer.startswith("/"):
        return None
    found = value
    for step in map(_unescape, pointer.split("/")[1:]):
        match found:
            case dict() if step in found:
                found = found[step]
            case list() if step.isascii() and step.isdigit() and str(int(step)) == step and int(step) < len(found):
                found = found[int(step)]
            case _:
                return None
    return Part(pointer, found)


def rest(value: Value, covered: frozenset[str], pointer: str = "") -> Iterator[Part]:
    """The largest parts that hold nothing covered, in the payload's order."""
    if pointer in covered:
        return
    if not any(each.startswith(pointer + "/") for each in covered):
        yield Part(pointer, value)
        return
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from rest(member, covered, f"{pointer}/{_escape(str(name))}")


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
