"""Tells whether somebody requested the job that a checkpoint belongs to."""

from dataclasses import dataclass

_CLAIM = "upstream:"


@dataclass(frozen=True, slots=True)
class Decider:
    """Who wants to decide, as access control names them."""

    name: str
    person: bool


def is_requester(decider: Decider, requested_by: str) -> bool:
    """Whether `requested_by` is the decider, or an upstream claim (`upstream:<source>/<name>`) to be that person.

    Source and name may both hold slashes, so every reading of the claim counts: a wrong 403 is mended by a
    colleague, a self-approval by nobody.
    """
    if requested_by.startswith(_CLAIM):
        return decider.person and requested_by.endswith("/" + decider.name)
    return requested_by == decider.name
