"""Refuses what another site has somebody's browser send, for a browser adds its cookies wherever a form comes from."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sluicegate_kit.web.problem import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""RFC 9110, section 9.2.1; no route of ours changes anything on them."""


def require_same_origin(headers: Mapping[bytes, bytes]) -> None:
    """Go on only if the browser says that one of our own pages sent this.

    `Sec-Fetch-Site` decides where the browser sends it (https and loopback); `Origin` where it doesn't, or where a
    person had it sent, as by loading a page again. Schemes are not compared: behind a proxy that speaks TLS, this
    service does not know its own.

    Raises:
        Problem: 403 `cross-site`.
    """
    site = headers.get(b"sec-fetch-site")
    if site == b"same-origin":
        return
    if site in (None, b"none") and _is_own(headers.get(b"origin", b""), headers.get(b"host", b"")):
        return
    raise Problem(
        403,
        "cross-site",
        "This was not sent by a page of this site. Open the page here and send it again; a program sends an API key "
        "instead of a cookie.",
    )


def _is_own(origin: bytes, host: bytes) -> bool:
    try:
        return bool(host) and urlsplit(origin.decode("ascii")).netloc.encode() == host.lower()
    except ValueError:
        return False
