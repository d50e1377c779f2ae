"""Turns whatever an endpoint raises into a problem."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

import psycopg
import structlog
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SqlalchemyTimeout
from starlette.exceptions import HTTPException

from sluicegate_kit.db.errors import DatabaseUnavailable, WritesStopped
from sluicegate_kit.web.invalid import pointer
from sluicegate_kit.web.problem import FieldError, Problem, unavailable

ProblemOf: TypeAlias = Callable[[Any], Problem]
"""How one class of errors looks to callers."""

OUT_OF_REACH = (DatabaseUnavailable, WritesStopped, PoolTimeout, SqlalchemyTimeout, psycopg.OperationalError)

log = structlog.get_logger(__name__)


def as_problem(error: Exception, known: Mapping[type[Exception], ProblemOf]) -> Problem:
    """The problem of an error: the service's own mapping first, by the error's nearest class, then the kit's.

    What nobody foresaw is a 500 and is logged with its frames.
    """
    if isinstance(error, Problem):
        return error
    for kind in type(error).__mro__:
        if kind in known:
            return known[kind](error)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, OUT_OF_REACH) or _disconnected(error):
        return unavailable("The database")
    log.error("request failed", exc_info=error)
    return Problem(500, "internal-error", "This is a defect of the service. Report it with the requestId.")


def _disconnected(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
    )


def _invalid(error: RequestValidationError) -> Problem:
    found = [_field(item["loc"], str(item["msg"])) for item in error.errors()]
    return Problem(422, "invalid-request", "The request is not what this route takes; see errors.", errors=found)


def _field(place: tuple[int | str, ...], message: str) -> FieldError:
    where, *rest = place
    match where:
        case "query" | "path":
            return FieldError(message, parameter=str(rest[0]) if rest else "")
        case "header" | "cookie":
            return FieldError(message, header=str(rest[0]) if rest else "")
        case _:
            return FieldError(message, pointer=pointer(rest))


def _of_framework(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    slug = phrase.lower().replace(" ", "-")
    return Problem(error.status_code, slug, f"The server answers: {phrase.lower()}.", headers=error.headers)
