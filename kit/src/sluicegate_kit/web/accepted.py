"""Tells who reads the answer: a person with a browser, or a program (RFC 9110, section 12.5.1)."""

from collections.abc import Mapping

_PAGE = ("text/html", "application/xhtml+xml")
_DATA = ("application/problem+json", "application/json")


def wants_page(headers: Mapping[bytes, bytes]) -> bool:
    """Whether HTML is asked for by name, and JSON is not liked better; htmx asks for HTML without saying so."""
    if asks_htmx(headers):
        return True
    weights = dict(map(_weighed, headers.get(b"accept", b"").decode("latin-1").lower().split(",")))
    page = max(weights.get(name, 0.0) for name in _PAGE)
    return page > 0 and page >= max(weights.get(name, 0.0) for name in _DATA)


def asks_htmx(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the script of a page asks, for a part of one."""
    return headers.get(b"hx-request") == b"true"


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0
