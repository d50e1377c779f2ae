"""Reads query strings strictly: unknown and repeated parameters are refused."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from sluicegate_kit.web.invalid import parameter_errors
from sluicegate_kit.web.problem import FieldError, Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class Query(BaseModel):
    """The base of every route's parameters: camelCase on the wire. A field of type `list[…]` may be repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class ListQuery(Query):
    """The base of a list's parameters: add the filters."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT
    cursor: Annotated[str, Field(min_length=1, max_length=2000)] | None = None

    def filters(self) -> dict[str, Any]:
        """What was asked for, without where in the list: a cursor is good for these filters only."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"limit", "cursor"})


Q = TypeVar("Q", bound=Query)


def read_query(request: Request, model: type[Q]) -> Q:
    """The query string, as `model`.

    Raises:
        Problem: 422 `invalid-query`, with the name of each parameter that is wrong.
    """
    lists = {
        field.alias or name
        for name, field in model.model_fields.items()
        if getattr(field.annotation, "__origin__", None) is list
    }
    values: dict[str, str | list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name in lists:
            values.setdefault(name, [])
            values[name] = [*values[name], value]
        elif name in values:
            raise _invalid([FieldError("given twice", parameter=name)])
        else:
            values[name] = value
    try:
        return model.model_validate(values, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _invalid(parameter_errors(error)) from None


def _invalid(errors: list[FieldError]) -> Problem:
    return Problem(422, "invalid-query", "The query string is not what this route takes; see errors.", errors=errors)
