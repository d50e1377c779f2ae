"""Reads the checkpoint id in a path."""

from uuid import UUID

from starlette.requests import Request

from sluicegate_kit.web.problem import not_found


def checkpoint_id(request: Request) -> UUID:
    """The id.

    Raises:
        Problem: 404; what is no UUID is no checkpoint either.
    """
    text = str(request.path_params["id"])
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or str(found) != text.lower():
        raise not_found("such checkpoint: an id is a UUID")
    return found
