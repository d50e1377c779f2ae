"""How a person comes to a session: by a link that works once, or with a key."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sluicegate_checkpoint_svc.domain.errors import LinkExpired, LinkUsed

LINK_LASTS = timedelta(minutes=10)


class LoginLink(NamedTuple):
    """A link that signs one person in, once."""

    sha256: str
    """Of the token in the link, in hex: who reads the table can't use it."""
    person: str
    made_by: str
    expires_at: datetime
    used_by: UUID | None = None
    """The session that it began."""


class Session(NamedTuple):
    """Somebody is signed in. There is a row as long as that is so; signing out deletes it."""

    session_id: UUID
    person: str
    key_id: str | None
    """The key that was shown; the session ends with it. None: it began by a link."""
    began_at: datetime
    ends_at: datetime
    """At the latest, however often its token is renewed."""


def link(sha256: str, person: str, made_by: str, now: datetime) -> LoginLink:
    """A link that is good from now on."""
    return LoginLink(sha256, person, made_by, now + LINK_LASTS)


def begin(session_id: UUID, person: str, key_id: str | None, now: datetime, longest: timedelta) -> Session:
    """A session that begins now."""
    return Session(session_id, person, key_id, now, now + longest)


def use(link: LoginLink, session_id: UUID, now: datetime) -> LoginLink:
    """The link, used up by this session; the same one again changes nothing.

    Raises:
        LinkUsed: by another session.
        LinkExpired
    """
    if link.used_by == session_id:
        return link
    if link.used_by is not None:
        raise LinkUsed
    if now >= link.expires_at:
        raise LinkExpired
    return link._replace(used_by=session_id)


def lasts(session: Session, now: datetime) -> bool:
    """Whether the session may go on."""
    return now < session.ends_at
