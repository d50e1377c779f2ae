"""Says in words what a plan does, for people who don't read plans."""

from typing import assert_never

from sluicegate_handlers.transforms import (
    Cast,
    Deduplicate,
    Fill,
    Filter,
    Group,
    Rename,
    Scalar,
    Select,
    Sort,
    Transform,
)

SENTENCE_CHARACTERS = 500
"""What a view's words may have."""

_COMPARISONS = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is greater than",
    ">=": "is at least",
    "contains": "contains",
}
_ORDER = {False: "least first", True: "greatest first"}


def sentence(transform: Transform) -> str:
    """One sentence, without a full stop."""
    text = _sentence(transform)
    return text if len(text) <= SENTENCE_CHARACTERS else text[: SENTENCE_CHARACTERS - 1] + "…"


def _sentence(transform: Transform) -> str:
    match transform:
        case Filter(column=column, is_="present"):
            return f"Keep the rows that have a value in {_named(column)}"
        case Filter(column=column, is_=comparison, value=value):
            return f"Keep the rows whose {_named(column)} {_COMPARISONS[comparison]} {_value(value)}"
        case Select(columns=columns):
            return f"Keep only the columns {_list(columns)}, in this order"
        case Rename(columns=names):
            return "Rename " + ", ".join(f"{_named(old)} to {_named(new)}" for old, new in names.items())
        case Sort(by=by, descending=descending):
            return f"Sort by {_list(by, ', then ')}, {_ORDER[descending]}"
        case Deduplicate(by=None):
            return "Keep the first of the rows that agree in all columns"
        case Deduplicate(by=by):
            return f"Keep the first of the rows that agree in {_list(by or [])}"
        case Fill(column=column, value=value):
            return f"Put {_value(value)} where {_named(column)} has no value"
        case Cast(column=column, to=to):
            return (
                f"Make {_named(column)} {'an' if to == 'integer' else 'a'} {to}"
                if to != "text"
                else (f"Make {_named(column)} text")
            )
        case Group(by=by, into=into):
            made = ", ".join(f"{_named(name)} = {one.function} of {_named(one.column)}" for name, one in into.items())
            return f"Make one row for each {_list(by)}: {made}"
        case _:
            assert_never(transform)


def _named(column: str) -> str:
    return f"“{column}”"


def _list(columns: list[str], between: str = ", ") -> str:
    return between.join(map(_named, columns))


def _value(value: Scalar) -> str:
    match value:
        case None:
            return "absent"
        case bool():
            return "true" if value else "false"
        case str():
            return f"“{value}”"
        case _:
            return str(value)
