"""Turns what pydantic finds wrong into the `errors` of a problem, without repeating what was sent."""

from collections.abc import Sequence

from pydantic import ValidationError

from sluicegate_kit.web.problem import FieldError

MOST = 50
"""Errors that one problem lists; more help nobody."""


def pointer(parts: Sequence[int | str]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def field_errors(error: ValidationError) -> list[FieldError]:
    """One per finding, with a pointer into the body."""
    return [FieldError(message, pointer=pointer(place)) for place, message in _findings(error)]


def parameter_errors(error: ValidationError) -> list[FieldError]:
    """One per finding, with the name of the query parameter."""
    return [FieldError(message, parameter=str(place[0])) for place, message in _findings(error)]


def _findings(error: ValidationError) -> list[tuple[tuple[int | str, ...], str]]:
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST]
    return [(item["loc"], item["msg"]) for item in found]
