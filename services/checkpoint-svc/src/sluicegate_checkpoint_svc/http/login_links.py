"""POST /api/admin/login-links: a link that signs one person in, once."""

from datetime import UTC

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.http import paths
from sluicegate_checkpoint_svc.http.models import LoginLink
from sluicegate_checkpoint_svc.sign_ins import SignIns
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.web.body import Body, read_body
from sluicegate_kit.web.documented import Answer, Refusal, documented
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.people import SIGN_IN
from sluicegate_kit.web.problem import Problem
from sluicegate_schemas.model import ShortText


class Wanted(Body):
    """Whom the link is for."""

    name: ShortText


class LoginLinks:
    """Makes links for people of the keys file."""

    def __init__(self, sign_ins: SignIns, identities: Identities) -> None:
        self._sign_ins = sign_ins
        self._identities = identities

    async def make(self, request: Request) -> Response:
        """The link, as a path on this site. It is shown this once."""
        name = (await read_body(request, Wanted)).name
        if self._identities.person(name) is None:
            raise Problem(
                404,
                "no-such-person",
                "The keys file (SLUICEGATE_KEYS_FILE) lists no person of this name; upper and lower case count.",
            )
        secret, link = await self._sign_ins.make_link(name, caller(request).name)
        expires_at = link.expires_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        document = {"name": name, "url": f"{SIGN_IN}/{secret}", "expiresAt": expires_at}
        return Response(orjson.dumps(document), 201, media_type="application/json")


def router(login_links: LoginLinks) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["people"])
    made = documented(body=Wanted, answer=Answer(LoginLink, 201), refusals=[Refusal(404)])
    routes.post(
        paths.LOGIN_LINKS, summary="A link that signs a person in: good once, for 10 minutes", openapi_extra=made
    )(login_links.make)
    return routes
