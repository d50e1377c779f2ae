"""The cookie that a session token travels in."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sluicegate_kit.loopback import is_loopback


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """Its name, and over what it travels. No script reads it, and no other site has it sent."""

    name: str
    secure: bool
    """Over TLS alone. If not, then only between programs on one machine."""

    def find(self, headers: Mapping[bytes, bytes]) -> str | None:
        """The token that a request brought (RFC 6265, section 5.4)."""
        if not self.secure and not _is_on_this_machine(headers):
            return None
        for pair in headers.get(b"cookie", b"").decode("latin-1").split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self.name:
                return value
        return None

    def keep(self, token: str, seconds: int) -> str:
        """The `Set-Cookie` that has the browser send the token for so long."""
        return f"{self.name}={token}; Max-Age={seconds}{self._attributes}"

    def drop(self) -> str:
        """The `Set-Cookie` that makes the browser forget it."""
        return f"{self.name}=; Max-Age=0{self._attributes}"

    @property
    def _attributes(self) -> str:
        return "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if self.secure else "")


TLS = SessionCookie("__Host-sluicegate", secure=True)
"""`__Host-`: no other host, and no plain HTTP, can have set it (RFC 6265bis, section 4.1.3.2)."""
DEV = SessionCookie("sluicegate_dev", secure=False)
"""For `make dev`, whose pages are on plain HTTP at the loopback interface."""


def session_cookie(*, insecure_dev_cookie: bool) -> SessionCookie:
    """The one that a service takes and gives; never both."""
    return DEV if insecure_dev_cookie else TLS


def _is_on_this_machine(headers: Mapping[bytes, bytes]) -> bool:
    try:
        host = urlsplit("//" + headers.get(b"host", b"").decode("ascii")).hostname
    except ValueError:
        return False
    return host is not None and is_loopback(host)
