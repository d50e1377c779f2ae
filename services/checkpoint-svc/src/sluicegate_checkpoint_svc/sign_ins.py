"""Signs people in and out, and renews their sessions: what is kept about it, and the tokens that are made of it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import column, func, select, table
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_checkpoint_svc.domain import signing_in
from sluicegate_checkpoint_svc.domain.errors import LinkUnknown
from sluicegate_checkpoint_svc.domain.signing_in import LoginLink
from sluicegate_checkpoint_svc.operations.sign_in import BeginByLink, BeginWithKey, Begun, EndSession, MakeLink
from sluicegate_checkpoint_svc.tables import LOGIN_LINKS, SESSIONS
from sluicegate_kit.access.session_tokens import SessionKey, SessionToken
from sluicegate_kit.kafka.writes import Writes
from sluicegate_schemas.ids import new_id

_links = table(LOGIN_LINKS.name, *map(column, LOGIN_LINKS.columns))
_sessions = table(SESSIONS.name, *map(column, SESSIONS.columns))
_now = func.clock_timestamp()
_LINK_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session's token, and how long a browser is to keep it, in seconds: as long as it can be renewed."""

    person: str
    token: str
    seconds: int


class SignIns:
    """Times are the database's."""

    def __init__(self, writes: Writes, engine: AsyncEngine, key: SessionKey, longest: timedelta) -> None:
        """No session lasts longer than `longest`."""
        self._writes = writes
        self._engine = engine
        self._key = key
        self._longest = longest

    async def make_link(self, person: str, made_by: str) -> tuple[str, LoginLink]:
        """The secret that the link holds, which is kept nowhere, and what is kept."""
        secret = secrets.token_urlsafe(_LINK_BYTES)
        return secret, await self._writes.submit(MakeLink(_sha256(secret), person, made_by))

    async def look(self, secret: str) -> LoginLink:
        """The link, if it signs somebody in now.

        Raises:
            LinkUnknown, LinkUsed, LinkExpired
        """
        question = select(*_links.c, _now).where(_links.c.sha256 == _sha256(secret))
        async with self._engine.connect() as connection:
            row = (await connection.execute(question)).one_or_none()
        if row is None:
            raise LinkUnknown
        *values, now = row
        link = LOGIN_LINKS.read(values)
        signing_in.use(link, new_id(), now)
        return link

    async def begin_by_link(self, secret: str) -> Ticket:
        """Uses the link up.

        Raises:
            LinkUnknown, LinkUsed, LinkExpired
        """
        return self.ticket(await self._writes.submit(BeginByLink(_sha256(secret), new_id(), self._longest)))

    async def begin_with_key(self, person: str, key_id: str) -> Ticket:
        """For somebody who has shown this key."""
        return self.ticket(await self._writes.submit(BeginWithKey(new_id(), person, key_id, self._longest)))

    async def find(self, token: SessionToken) -> Begun | None:
        """The session of a token, also of an expired one; None: it is over."""
        question = select(*_sessions.c, _now).where(_sessions.c.session_id == token.session_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(question)).one_or_none()
        if row is None:
            return None
        *values, now = row
        session = SESSIONS.read(values)
        return Begun(session, now) if signing_in.lasts(session, now) else None

    def ticket(self, begun: Begun) -> Ticket:
        """A token of this session: its first, or another one when that has expired."""
        session, now = begun.session, begun.now
        token = self._key.sign(session.session_id, session.person, now, session.ends_at)
        return Ticket(session.person, token, int((session.ends_at - now).total_seconds()))

    async def end(self, session_id: UUID) -> None:
        """Sign out; its token can't be renewed any more."""
        await self._writes.submit(EndSession(session_id))


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
