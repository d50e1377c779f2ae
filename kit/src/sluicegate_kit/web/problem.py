"""Errors as callers see them: `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from starlette.responses import Response

TYPES = "https://sluicegate.dev/problems/"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with what was sent. Exactly one of the places is given."""

    detail: str
    pointer: str | None = None
    """JSON pointer into the body (RFC 6901); empty: the body as a whole."""
    parameter: str | None = None
    """Name of a query or path parameter."""
    header: str | None = None

    def to_dict(self) -> dict[str, str]:
        """As it stands in `errors`."""
        places = {"pointer": self.pointer, "parameter": self.parameter, "header": self.header}
        return {name: place for name, place in places.items() if place is not None} | {"detail": self.detail}


class Problem(Exception):
    """Raised anywhere below an endpoint, it becomes the response.

    `type_slug` is stable and is what programs look at; `detail` says what to do about it and never repeats a payload.
    """

    def __init__(
        self,
        status: int,
        type_slug: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        """`members` join the document: facts of this type of problem, for programs (RFC 9457, section 3.2)."""
        super().__init__(f"{status} {type_slug}")
        self.status = status
        self.type_slug = type_slug
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def document(self, request_id: str) -> dict[str, object]:
        """The problem as a JSON object."""
        body: dict[str, object] = {
            "type": TYPES + self.type_slug,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "requestId": request_id,
            **self.members,
        }
        if self.errors:
            body["errors"] = [error.to_dict() for error in self.errors]
        return body

    def response(self, request_id: str) -> Response:
        """The problem on the wire."""
        document = orjson.dumps(self.document(request_id))
        return Response(document, self.status, self.headers, "application/problem+json")


def not_found(what: str) -> Problem:
    """404 for a thing that a caller named."""
    return Problem(404, "not-found", f"There is no {what}.")


def unavailable(what: str, retry_after_seconds: int = 1) -> Problem:
    """503 while a dependency is down."""
    return Problem(
        503,
        "unavailable",
        f"{what} can't be reached right now. Nothing is wrong with the request: send it again.",
        headers={"retry-after": str(retry_after_seconds)},
    )
