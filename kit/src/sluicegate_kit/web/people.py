"""People with a browser: recognised by their session, sent to sign in where that is needed, told in pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_kit.access import session_tokens
from sluicegate_kit.access.identities import Caller, Identities
from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.access.session_tokens import SessionRefused, SessionToken
from sluicegate_kit.clock import Clock
from sluicegate_kit.web.accepted import asks_htmx
from sluicegate_kit.web.exchange import exchange
from sluicegate_kit.web.local_path import is_local, local_part
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.session_cookie import SessionCookie

SIGN_IN = "/admin/sign-in"
RENEWAL = "/admin/session"
"""Gives a new token, while the session lasts, and sends the browser back to where it was."""
SESSION_EXPIRED = "session-expired"

ProblemPage = Callable[[Request, Problem], Response]
"""Shows a refusal as a page, or as part of one where htmx asked for that."""


@dataclass(frozen=True, slots=True)
class People:
    """What a service does for them."""

    cookie: SessionCookie
    keys: PublicKeys
    identities: Identities
    clock: Clock
    page: ProblemPage | None = None
    """None: the service has no pages; people come to it through those of another one."""

    def token(self, headers: Mapping[bytes, bytes]) -> SessionToken | None:
        """What the token of a request says, expired or not; None: it has none.

        Raises:
            SessionRefused
        """
        text = self.cookie.find(headers)
        return session_tokens.read(text, self.keys.now()) if text else None

    def recognise(self, headers: Mapping[bytes, bytes]) -> Caller | None:
        """Whose session a request belongs to; None: to none that is one.

        Raises:
            Problem: 401 `session-expired`; the token can be renewed if the session still lasts.
        """
        try:
            token = self.token(headers)
        except SessionRefused:
            return None
        if token is None:
            return None
        if token.expires_at <= self.clock.now():
            raise Problem(401, SESSION_EXPIRED, f"The session token has expired. GET {RENEWAL} gives a new one.")
        return self.identities.person(token.person)

    def refuse(self, request: Request, problem: Problem, *, page_above: str | None) -> Response:
        """The answer to somebody who wanted a page. `page_above` is the nearest page that can be looked at."""
        if problem.status == 401:
            return sign_in_first(request)
        if problem.status == 405 and request.method == "GET" and page_above is not None:
            # The address of a form, come by after signing in again: the page that the form stood on.
            return Response(status_code=303, headers={"location": page_above})
        return self.page(request, problem) if self.page is not None else problem.response(exchange(request).request_id)


def renew_first(request: Request, now: datetime) -> Response:
    """Method and body survive both ways (307, RFC 9110, section 15.4.8). `now`: by the clock that found it expired."""
    asked = {"to": _here(request), "clock": str(int(now.timestamp()))}
    return Response(status_code=307, headers={"location": f"{RENEWAL}?{urlencode(asked)}"})


def sign_in_first(request: Request, to: str | None = None, *, tried: bool = False) -> Response:
    """The page to sign in at, which leads on to `to`; without it, back to what was asked for.

    `tried`: a session was looked for, and there is none.
    """
    if asks_htmx(dict(request.scope["headers"])):
        # What htmx is answered becomes part of the page; this header has it leave the page instead.
        current = local_part(request.headers.get("hx-current-url", ""), request.headers.get("host", ""))
        return Response(status_code=401, headers={"hx-redirect": way_back(SIGN_IN, current or to)})
    return Response(status_code=303, headers={"location": way_back(SIGN_IN, to or _here(request), tried=tried)})


def way_back(path: str, to: str | None, *, tried: bool = False) -> str:
    """A path that says where to go afterwards, if that is a page of ours."""
    if not to or not is_local(to):
        return path
    return f"{path}?{urlencode({'to': to} | ({'tried': 'true'} if tried else {}))}"


def _here(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
