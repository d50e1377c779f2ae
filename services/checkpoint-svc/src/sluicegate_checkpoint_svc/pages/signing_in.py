"""The pages to sign in and out, and the stop on the way where a session gets its next token."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import structlog
from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.errors import LinkExpired, LinkRefused, LinkUsed
from sluicegate_checkpoint_svc.operations.sign_in import Begun
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_checkpoint_svc.sign_ins import SignIns, Ticket
from sluicegate_kit.access.identities import KeyRefused
from sluicegate_kit.access.session_tokens import LASTS, SessionRefused, SessionToken
from sluicegate_kit.pages.form import BLANK_IS_NONE, Form, read_form
from sluicegate_kit.pages.pages import Pages
from sluicegate_kit.web.accepted import wants_page
from sluicegate_kit.web.local_path import LocalPath
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.people import RENEWAL, SIGN_IN, People, sign_in_first, way_back
from sluicegate_kit.web.problem import Problem
from sluicegate_kit.web.query import Query, read_query

LINK = f"{SIGN_IN}/{{token}}"
SIGN_OUT = "/admin/sign-out"
USELESS_FROM = LASTS - timedelta(seconds=1)
"""A clock that is so far ahead sees no token that has not expired: tokens say when, to the second."""

log = structlog.get_logger(__name__)


class WayBack(Query):
    """Where to go afterwards."""

    to: LocalPath | None = None
    tried: bool = False
    """A session was looked for already."""


class Renewal(Query):
    """Where the browser was, and what time it was there, in seconds since 1970."""

    to: LocalPath
    clock: Annotated[int, Field(ge=0, le=253_402_300_799)] | None = None


class ShownKey(Form):
    """A key that somebody pasted."""

    key: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
    to: Annotated[LocalPath | None, BLANK_IS_NONE] = None


class SigningIn:
    """No GET signs anybody in, and no GET uses a link up: programs that scan mail open every link."""

    def __init__(self, pages: Pages, sign_ins: SignIns, people: People) -> None:
        self._pages = pages
        self._sign_ins = sign_ins
        self._people = people

    async def look(self, request: Request) -> Response:
        """The page with a field for a key."""
        query = read_query(request, WayBack)
        # A browser that follows a link from another site brings no cookie (SameSite=Strict); when this page sends it
        # on, it does, and whoever is signed in gets where the link leads.
        came_from_elsewhere = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        look_for_session = way_back(RENEWAL, query.to) if query.to and came_from_elsewhere and not query.tried else None
        return self._page(request, query.to, look_for_session=look_for_session)

    async def with_key(self, request: Request) -> Response:
        """Signs in whoever holds the key."""
        shown = await read_form(request, ShownKey)
        try:
            holder, key_id = self._people.identities.holder(shown.key)
        except KeyRefused as refused:
            return self._page(request, shown.to, error=str(refused), status=401)
        if not holder.person:
            error = "This key belongs to a machine. Machines send it with each call; people sign in."
            return self._page(request, shown.to, error=error, status=403)
        return self._welcome(await self._sign_ins.begin_with_key(holder.name, key_id), shown.to, "key")

    async def look_at_link(self, request: Request) -> Response:
        """The page with the button that signs in."""
        try:
            link = await self._sign_ins.look(request.path_params["token"])
        except LinkRefused as refused:
            return self._refused(request, refused)
        return self._pages.render(request, "sign-in-link.html", person=link.person)

    async def by_link(self, request: Request) -> Response:
        """Uses the link up."""
        try:
            link = await self._sign_ins.look(request.path_params["token"])
            if self._people.identities.person(link.person) is None:
                raise Problem(403, "no-such-person", "The person that this link was made for is no longer known here.")
            ticket = await self._sign_ins.begin_by_link(request.path_params["token"])
        except LinkRefused as refused:
            return self._refused(request, refused)
        return self._welcome(ticket, None, "link")

    async def out(self, request: Request) -> Response:
        """Ends the session, whether its token has expired or not."""
        if (token := self._token(request)) is not None:
            await self._sign_ins.end(token.session_id)
            log.info("signed out", person=token.person)
        return Response(status_code=303, headers={"location": SIGN_IN, "set-cookie": self._people.cookie.drop()})

    async def renew(self, request: Request) -> Response:
        """Gives the session's next token and sends the browser back; to sign in, if the session is over.

        Raises:
            Problem: 409 `clocks-differ`: the next token, too, would have expired where the browser was, and so on.
        """
        query = read_query(request, Renewal)
        to = query.to
        begun = await self._session(request)
        if begun is not None:
            ahead = None if query.clock is None else datetime.fromtimestamp(query.clock, UTC) - begun.now
            if ahead is not None and ahead >= USELESS_FROM:
                raise _clocks_differ(ahead)
            return self._with_cookie(Response(status_code=307, headers={"location": to}), self._sign_ins.ticket(begun))
        if wants_page(dict(request.scope["headers"])):
            return sign_in_first(request, to, tried=True)
        raise Problem(401, "unauthorized", f"This session is over. A person signs in again at {SIGN_IN}.")

    def _token(self, request: Request) -> SessionToken | None:
        try:
            return self._people.token(dict(request.scope["headers"]))
        except SessionRefused:
            return None

    async def _session(self, request: Request) -> Begun | None:
        """The session, if it may go on: it ends with its time, with its key, and with the person."""
        if (token := self._token(request)) is None or self._people.identities.person(token.person) is None:
            return None
        begun = await self._sign_ins.find(token)
        if begun is None:
            return None
        key_id = begun.session.key_id
        return begun if key_id is None or self._people.identities.holds(begun.session.person, key_id) else None

    def _welcome(self, ticket: Ticket, to: str | None, by: str) -> Response:
        log.info("signed in", person=ticket.person, by=by)
        return self._with_cookie(Response(status_code=303, headers={"location": to or paths.INBOX}), ticket)

    def _with_cookie(self, response: Response, ticket: Ticket) -> Response:
        response.headers["set-cookie"] = self._people.cookie.keep(ticket.token, ticket.seconds)
        return response

    def _page(
        self,
        request: Request,
        to: str | None,
        *,
        error: str | None = None,
        look_for_session: str | None = None,
        status: int = 200,
    ) -> Response:
        return self._pages.render(
            request, "sign-in.html", status=status, to=to, error=error, look_for_session=look_for_session
        )

    def _refused(self, request: Request, refused: LinkRefused) -> Response:
        match refused:
            case LinkUsed():
                status, why = 410, "This link has been used"
            case LinkExpired():
                status, why = 410, "This link is too old"
            case _:
                status, why = 404, "There is no such link"
        return self._pages.render(request, "sign-in-refused.html", status=status, why=why)


def _clocks_differ(ahead: timedelta) -> Problem:
    minutes = ahead // timedelta(minutes=1)
    detail = (
        f"You are signed in, but the clock of the service that has this page is {minutes} minutes ahead of the "
        "database that keeps the sessions, so every session looks over to it. Somebody has to set that clock."
    )
    return Problem(409, "clocks-differ", detail)


def routes(signing_in: SigningIn) -> Sequence[PageRoute]:
    """All of them. Their rows in `access.toml` are public."""
    return (
        PageRoute("GET", SIGN_IN, signing_in.look),
        PageRoute("POST", SIGN_IN, signing_in.with_key),
        PageRoute("GET", LINK, signing_in.look_at_link),
        PageRoute("POST", LINK, signing_in.by_link),
        PageRoute("POST", SIGN_OUT, signing_in.out),
        PageRoute("GET", RENEWAL, signing_in.renew),
        PageRoute("POST", RENEWAL, signing_in.renew),
    )
