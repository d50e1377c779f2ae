"""Paths to pages that a request names, to go there afterwards: on this site, below `/admin/`, and nowhere else."""

from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator

from sluicegate_kit.access.table import PAGES

LONGEST = 2000


def is_local(path: str) -> bool:
    """Whether a path with its query stays where the pages are, whatever a browser makes of it.

    Browsers take `//host` and `/\\host` for other sites, drop tabs and ends of lines, and resolve dots, encoded or not.
    """
    if not path.startswith(PAGES) or len(path) > LONGEST:
        return False
    if not (path.isascii() and path.isprintable()) or " " in path or "\\" in path:
        return False
    plain = unquote(path.partition("?")[0])
    return not {".", ".."} & set(plain.replace("\\", "/").split("/"))


def local_part(url: str, host: str) -> str | None:
    """Path and query of an address, if it is a page of `host`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if parts.netloc == host and is_local(path) else None


def _checked(path: str) -> str:
    if not is_local(path):
        raise ValueError(f"not the path of a page below {PAGES}")
    return path


LocalPath = Annotated[str, AfterValidator(_checked)]
"""A parameter or a field that names a page."""
