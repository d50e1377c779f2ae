"""Lays a JSON value out as a tree that folds; what is too much to draw is counted, never dropped in silence."""

from collections import deque
from dataclasses import dataclass, field

from sluicegate_checkpoint_svc.showing.exact import Number, Value, scalar_text

DRAWN_NODES = 400
DRAWN_CHARACTERS = 2_000
"""Of one string."""
OPEN_MEMBERS = 12
OPEN_DEPTH = 6
"""An object or a list with more members, or further down, is folded at first."""


@dataclass(slots=True)
class Node:
    """One member."""

    name: str | None
    """Of an item of a list, its place. None: the top."""
    kind: str
    """`object`, `list`, `text`, `number` or `word` (true, false, null)."""
    text: str = ""
    cut: int = 0
    """Characters of the text that are not drawn."""
    size: int = 0
    """Members that an object or a list has."""
    open: bool = False
    children: list["Node"] = field(default_factory=list)

    @property
    def folded(self) -> int:
        """Members that are not drawn."""
        return self.size - len(self.children)


def tree(value: Value, limit: int = DRAWN_NODES) -> Node:
    """The tree, its upper levels first: `limit` nodes are drawn at most."""
    top = _node(None, value, 0)
    top.open = True
    drawn = 1
    waiting = deque([(top, value, 1)])
    while waiting:
        node, container, depth = waiting.popleft()
        members = (
            list(container.items())
            if isinstance(container, dict)
            else [(str(place), item) for place, item in enumerate(container)]
            if isinstance(container, list)
            else []
        )
        for name, member in members[: max(0, limit - drawn)]:
            child = _node(name, member, depth)
            node.children.append(child)
            waiting.append((child, member, depth + 1))
            drawn += 1
    return top


def _node(name: str | None, value: Value, depth: int) -> Node:
    match value:
        case dict() | list():
            kind = "object" if isinstance(value, dict) else "list"
            return Node(name, kind, size=len(value), open=0 < len(value) <= OPEN_MEMBERS and depth < OPEN_DEPTH)
        case Number():
            return Node(name, "number", _shortened(value), cut=_cut(value))
        case str():
            return Node(name, "text", _shortened(value), cut=_cut(value))
        case _:
            return Node(name, "word", scalar_text(value))


def _shortened(text: str) -> str:
    return str(text[:DRAWN_CHARACTERS])


def _cut(text: str) -> int:
    return max(0, len(text) - DRAWN_CHARACTERS)
