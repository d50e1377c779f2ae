"""A link signs in one person, once, in time; a session ends when it is over, at the latest."""

from datetime import timedelta

import pytest

from sluicegate_checkpoint_svc.domain.errors import LinkExpired, LinkUnknown, LinkUsed
from sluicegate_checkpoint_svc.domain.signing_in import LINK_LASTS, begin, lasts, link, use
from sluicegate_checkpoint_svc.operations.sign_in import BeginByLink, BeginWithKey, EndSession, ForgetSignIns, MakeLink
from sluicegate_checkpoint_svc.tables import LOGIN_LINKS, SESSIONS
from sluicegate_schemas.ids import new_id
from tests.unit.checkpoint_svc.examples import NOON
from tests.unit.checkpoint_svc.memory_database import MemoryDatabase

LONGEST = timedelta(hours=12)
MADE = link("aa", "Ana", "admin", NOON)


def test_a_link_is_used_up_by_one_session() -> None:
    session = new_id()
    used = use(MADE, session, NOON)
    assert use(used, session, NOON + timedelta(days=1)) is used, "a try whose outcome was lost is repeated"
    with pytest.raises(LinkUsed):
        use(used, new_id(), NOON)


def test_a_link_is_too_old_after_ten_minutes() -> None:
    assert use(MADE, new_id(), NOON + LINK_LASTS - timedelta(microseconds=1))
    with pytest.raises(LinkExpired):
        use(MADE, new_id(), NOON + LINK_LASTS)


def test_a_session_lasts_no_longer_than_it_may() -> None:
    session = begin(new_id(), "Ana", None, NOON, LONGEST)
    assert lasts(session, NOON + LONGEST - timedelta(microseconds=1))
    assert not lasts(session, NOON + LONGEST)


def test_of_two_who_use_a_link_at_once_one_is_signed_in() -> None:
    database = MemoryDatabase(NOON)
    database.run(MakeLink("aa", "Ana", "admin"))
    first, second, unknown = database.run(
        BeginByLink("aa", new_id(), LONGEST), BeginByLink("aa", new_id(), LONGEST), BeginByLink("bb", new_id(), LONGEST)
    )
    assert first.session.person == "Ana"
    assert isinstance(second, LinkUsed)
    assert isinstance(unknown, LinkUnknown)
    assert database.every(SESSIONS) == [first.session]
    assert database.get(LOGIN_LINKS, "aa").used_by == first.session.session_id


def test_signing_in_again_after_a_lost_answer_is_the_same_session() -> None:
    database, session = MemoryDatabase(NOON), new_id()
    database.run(MakeLink("aa", "Ana", "admin"))
    (first,) = database.run(BeginByLink("aa", session, LONGEST))
    database.now += timedelta(seconds=5)
    (again,) = database.run(BeginByLink("aa", session, LONGEST))
    assert (again.session, again.now) == (first.session, database.now)


def test_signing_out_twice_is_signing_out() -> None:
    database, session = MemoryDatabase(NOON), new_id()
    database.run(BeginWithKey(session, "Ana", "k1", LONGEST))
    assert database.run(EndSession(session)) == database.run(EndSession(session)) == [None]
    assert database.every(SESSIONS) == []


def test_what_is_over_is_forgotten() -> None:
    database = MemoryDatabase(NOON, finds=lambda row, now: getattr(row, "ends_at", now) <= now)
    database.run(BeginWithKey(new_id(), "Ana", "k1", LONGEST), BeginWithKey(new_id(), "Ben", "k2", 2 * LONGEST))
    database.now += LONGEST
    assert database.run(ForgetSignIns.of(10)) == [1]
    assert [session.person for session in database.every(SESSIONS)] == ["Ben"]
