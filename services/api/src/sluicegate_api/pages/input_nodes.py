"""The fields of an input form, as a template goes through them: what is asked, what was typed, what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sluicegate_api.pages.input_shape import Kind, Shape
from sluicegate_api.pages.input_typed import Typed, members
from sluicegate_kit.web.invalid import pointer


@dataclass(frozen=True, slots=True)
class Node:
    """One field, list or group."""

    shape: Shape
    pointer: str
    """Into the input; also the field's name."""
    id: str
    text: str = ""
    nodes: list["Node"] = field(default_factory=list)
    """Members of a group, items of a list."""
    error: str | None = None
    given: bool = True
    """False: a group that may be left out, and is."""


def nodes(shape: Shape, typed: Typed, errors: Mapping[str, str]) -> Node:
    """The form. `errors` are by pointer; one that has no field of its own goes to the nearest that encloses it."""
    root = _node(shape, typed, "")
    known = {node.pointer for node in _every(root)}
    placed: dict[str, list[str]] = {}
    for place, message in errors.items():
        while place not in known:
            place = place.rpartition("/")[0]
        placed.setdefault(place, []).append(message)
    return _with_errors(root, {place: " ".join(messages) for place, messages in placed.items()})


def _node(shape: Shape, typed: Typed, at: str) -> Node:
    made = Node(shape, at, _id(at))
    match typed:
        case None if shape.kind is Kind.GROUP:
            return replace(_node(shape, members(shape), at), given=False)
        case dict():
            inner = [_node(one, typed[one.name], at + pointer([one.name])) for one in shape.members]
        case list() if shape.item is not None:
            inner = [_node(shape.item, item, f"{at}/{place}") for place, item in enumerate(typed)]
        case _:
            return replace(made, text=typed if isinstance(typed, str) else "")
    return replace(made, nodes=inner)


def _id(at: str) -> str:
    """For `id=` and `for=`: letters and digits stay, whatever else is in a name becomes its number."""
    return "i" + "".join(letter if letter.isalnum() and letter.isascii() else f"-{ord(letter):x}-" for letter in at)


def _every(node: Node) -> Iterable[Node]:
    yield node
    for one in node.nodes:
        yield from _every(one)


def _with_errors(node: Node, errors: Mapping[str, str]) -> Node:
    inner = [_with_errors(one, errors) for one in node.nodes]
    return replace(node, nodes=inner, error=errors.get(node.pointer))
