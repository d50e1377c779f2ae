"""Makes sign-in links, begins sessions and ends them, and forgets those that are over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sluicegate_checkpoint_svc.domain import signing_in
from sluicegate_checkpoint_svc.domain.errors import LinkUnknown
from sluicegate_checkpoint_svc.domain.signing_in import LoginLink, Session
from sluicegate_checkpoint_svc.tables import LOGIN_LINKS, SESSIONS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection


@dataclass(frozen=True, slots=True)
class Begun:
    """A session, and the time at which it began or was looked up."""

    session: Session
    now: datetime


@dataclass(frozen=True, slots=True)
class MakeLink(Operation[LoginLink]):
    """Gives the link."""

    sha256: str
    person: str
    made_by: str

    def locks(self) -> Iterable[Need]:
        return (LOGIN_LINKS.lock(self.sha256),)

    def decide(self, rows: Rows) -> LoginLink:
        made = rows.get(LOGIN_LINKS, self.sha256)
        if made is None:
            made = signing_in.link(self.sha256, self.person, self.made_by, rows.now)
            rows.put(LOGIN_LINKS, made)
        return made


@dataclass(frozen=True, slots=True)
class BeginByLink(Operation[Begun]):
    """Uses a link up. Only one session can."""

    sha256: str
    session_id: UUID
    """Made before the first try."""
    longest: timedelta

    def locks(self) -> Iterable[Need]:
        return (LOGIN_LINKS.lock(self.sha256), SESSIONS.lock(self.session_id))

    def decide(self, rows: Rows) -> Begun:
        link = rows.get(LOGIN_LINKS, self.sha256)
        if link is None:
            raise LinkUnknown
        rows.put(LOGIN_LINKS, signing_in.use(link, self.session_id, rows.now))
        return _begin(rows, self.session_id, link.person, None, self.longest)


@dataclass(frozen=True, slots=True)
class BeginWithKey(Operation[Begun]):
    """For somebody who has shown a key."""

    session_id: UUID
    """Made before the first try."""
    person: str
    key_id: str
    longest: timedelta

    def locks(self) -> Iterable[Need]:
        return (SESSIONS.lock(self.session_id),)

    def decide(self, rows: Rows) -> Begun:
        return _begin(rows, self.session_id, self.person, self.key_id, self.longest)


@dataclass(frozen=True, slots=True)
class EndSession(Operation[None]):
    """One that is over already stays so."""

    session_id: UUID

    def locks(self) -> Iterable[Need]:
        return (SESSIONS.lock(self.session_id),)

    def decide(self, rows: Rows) -> None:
        if rows.get(SESSIONS, self.session_id) is not None:
            rows.delete(SESSIONS, self.session_id)


@dataclass(frozen=True, slots=True)
class ForgetSignIns(Operation[int]):
    """One pass over sessions that are over and links that nobody will ask about; gives how many were forgotten."""

    sessions: Selection[Session]
    links: Selection[LoginLink]

    @classmethod
    def of(cls, limit: int) -> "ForgetSignIns":
        """At most `limit` of each, the oldest first."""
        return cls(
            SESSIONS.select(f"ends_at <= {NOW}", order="ends_at", limit=limit),
            # For a day a link can still say that it was used, or is too old, rather than that there is none.
            LOGIN_LINKS.select(f"expires_at <= {NOW} - interval '1 day'", order="expires_at", limit=limit),
        )

    def locks(self) -> Iterable[Need]:
        return (self.sessions, self.links)

    def decide(self, rows: Rows) -> int:
        sessions, links = rows.selected(self.sessions), rows.selected(self.links)
        for session in sessions:
            rows.delete(SESSIONS, session.session_id)
        for link in links:
            rows.delete(LOGIN_LINKS, link.sha256)
        return len(sessions) + len(links)


def _begin(rows: Rows, session_id: UUID, person: str, key_id: str | None, longest: timedelta) -> Begun:
    session = rows.get(SESSIONS, session_id)
    if session is None:
        session = signing_in.begin(session_id, person, key_id, rows.now, longest)
        rows.put(SESSIONS, session)
    return Begun(session, rows.now)
