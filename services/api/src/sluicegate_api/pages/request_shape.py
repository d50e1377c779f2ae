"""The request for a job as a form: its input by the handler's schema, and what every request has."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sluicegate_api.pages.input_shape import Kind, Shape, shape_of
from sluicegate_api.pages.input_typed import Misfit, Typed, blank, typed

INPUT = "inputData"
ANY = Shape(Kind.JSON, INPUT, "Input", "A JSON object.")
"""The input as text: of a type that nobody has declared, or by somebody's wish."""
OPTIONS = (
    Shape(
        Kind.CHOICE,
        "priority",
        "Priority",
        "10 goes first; what waits long overtakes.",
        required=False,
        default=5,
        choices=tuple((str(rank), str(rank)) for rank in range(10, 0, -1)),
    ),
    Shape(Kind.INTEGER, "maxAttempts", "Attempts", "Tries before it fails, 1 to 100.", required=False, default=3),
    Shape(Kind.NUMBER, "timeoutSeconds", "Time limit", "Seconds at work that one attempt may take.", required=False),
    Shape(Kind.MOMENT, "runAt", "Not before", "In UTC.", required=False),
    Shape(Kind.LIST, "tags", "Tags", "To find it by.", required=False, item=Shape(Kind.TEXT, label="Tag")),
)
DESCRIPTION = Shape(Kind.LINES, "taskDescription", "Description", "What it is for, in words for people.")


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The shape of a request, and what stands in it."""

    shape: Shape
    typed: Typed

    @property
    def as_text(self) -> bool:
        """The input is JSON text."""
        return self.shape.members[1].kind is Kind.JSON


def request_shape(schema: Mapping[str, Any] | None, *, as_text: bool) -> Shape:
    """With fields for the input, where the schema gives any and they are wanted."""
    found = ANY if schema is None or as_text else replace(shape_of(schema), name=INPUT, label="Input")
    return Shape(Kind.GROUP, members=(DESCRIPTION, ANY if found.kind is Kind.JSON else found, *OPTIONS))


def blank_form(schema: Mapping[str, Any] | None) -> RequestForm:
    """Nobody has filled it in."""
    shape = request_shape(schema, as_text=False)
    return RequestForm(shape, blank(shape))


def filled_form(schema: Mapping[str, Any] | None, body: Mapping[str, Any]) -> RequestForm:
    """With this request in it; its input as text, where the fields would lose something of it."""
    shape = request_shape(schema, as_text=False)
    try:
        return RequestForm(shape, typed(shape, body))
    except Misfit:
        shape = request_shape(schema, as_text=True)
        return RequestForm(shape, typed(shape, body))
