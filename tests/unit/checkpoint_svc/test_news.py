"""What a commit changed is told once to everybody who watches; who misses some is told to look again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sluicegate_checkpoint_svc.domain import news as domain
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice
from sluicegate_checkpoint_svc.domain.news import Happened, News
from sluicegate_checkpoint_svc.domain.recording import check
from sluicegate_checkpoint_svc.live.feed import OVERLAP, Feed
from sluicegate_checkpoint_svc.operations.acknowledge import Acknowledge
from sluicegate_checkpoint_svc.operations.comment import AddComment
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.operations.news import ForgetNews, TellNews, read, written
from sluicegate_checkpoint_svc.operations.record import RecordCheckpoint
from sluicegate_checkpoint_svc.tables import NEWS
from sluicegate_kit.db.operation import Operation
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import new_id
from tests.unit.checkpoint_svc.examples import NOON, created, pending, settlement, vote
from tests.unit.checkpoint_svc.memory_database import MemoryDatabase

EVENT = created()
ID = EVENT.checkpoint_id


def record(event: CheckpointCreated = EVENT) -> RecordCheckpoint:
    return RecordCheckpoint(event, check(event), settlement())


def told(database: MemoryDatabase, *operations: Operation[Any]) -> list[tuple[Happened, str, int]]:
    """What the news of one batch say."""
    news = database.run(*operations, TellNews(new_id()))[-1]
    return [] if news is None else [(each.happened, each.state, each.version) for each in read(news)]


def test_each_change_is_told_with_where_the_checkpoint_stands_then() -> None:
    database = MemoryDatabase(NOON)
    note = created(kind="info", key="note")
    assert told(database, record()) == [(Happened.RECORDED, "pending", 1)]
    assert told(database, AddComment(new_id(), ID, "ben", "why?")) == [(Happened.COMMENTED, "pending", 1)]
    decide = Decide(ID, vote(Choice.REJECT, reason="no"), settlement())
    assert told(database, decide) == [(Happened.DECIDED, "rejected", 2)]
    assert told(database, record(note)) == [(Happened.RECORDED, "recorded", 1)]
    assert told(database, Acknowledge(note.checkpoint_id, "ben")) == [(Happened.CHANGED, "recorded", 2)]


def test_a_batch_tells_the_outcome_and_not_the_way_there() -> None:
    decide = Decide(ID, vote(), settlement())
    assert told(MemoryDatabase(NOON), record(), decide) == [(Happened.RECORDED, "approved", 2)]


def test_nothing_changed_is_no_news() -> None:
    database = MemoryDatabase(NOON)
    database.run(record())
    assert told(database, record(), AddComment(new_id(), new_id(), "ben", "lost")) == []
    assert database.every(NEWS) == []


def test_news_are_forgotten() -> None:
    database = MemoryDatabase(NOON, finds=lambda row, now: True)
    told(database, record())
    assert database.run(ForgetNews.of(10)) == [1]
    assert database.every(NEWS) == []


def news(*checkpoints: Checkpoint, at: datetime = NOON) -> News:
    return News(new_id(), at, written(map(domain.recorded, checkpoints)))


ONE, TWO, THREE = (pending(key=key) for key in ("one", "two", "three"))


def ids(feed: Feed, position: int) -> list[UUID] | None:
    found = feed.after(position)
    return None if found is None else [change.checkpoint_id for each in found for change in read(each)]


def test_a_reader_goes_on_from_where_it_is() -> None:
    feed = Feed()
    feed.take([news(ONE)])
    position = feed.end
    feed.take([news(TWO, THREE)])
    assert ids(feed, position) == [TWO.checkpoint_id, THREE.checkpoint_id]
    assert ids(feed, feed.end) == []


def test_the_same_news_are_told_once() -> None:
    feed, same = Feed(), news(ONE)
    feed.take([same])
    feed.take([same, news(TWO)])
    assert ids(feed, 0) == [ONE.checkpoint_id, TWO.checkpoint_id]


def test_a_reader_that_was_too_slow_is_told_so_and_costs_nothing() -> None:
    feed = Feed(most_characters=2 * len(news(TWO).changes))
    feed.begin(NOON - timedelta(minutes=15))
    position = feed.end
    feed.take([news(ONE, at=NOON), news(TWO, at=NOON + timedelta(minutes=1))])
    assert ids(feed, position) == [ONE.checkpoint_id, TWO.checkpoint_id]
    feed.take([news(THREE, at=NOON + timedelta(minutes=2))])
    assert ids(feed, position) is None
    assert feed.position(NOON - timedelta(seconds=1)) is None, "what was dropped came after that"
    assert feed.position(NOON) is not None


def test_who_comes_back_is_told_what_came_since_and_a_little_more() -> None:
    feed = Feed()
    feed.begin(NOON - timedelta(minutes=15))
    for minute, checkpoint in enumerate((ONE, TWO, THREE)):
        feed.take([news(checkpoint, at=NOON + timedelta(minutes=minute))])
    position = feed.position(NOON + timedelta(minutes=1))
    assert position is not None
    assert ids(feed, position) == [TWO.checkpoint_id, THREE.checkpoint_id]
    nothing_since = feed.position(NOON + timedelta(minutes=2) + OVERLAP)
    assert nothing_since == feed.end


@pytest.mark.parametrize("complete_from", [None, NOON])
def test_who_comes_back_from_before_anything_is_known_of_looks_again(complete_from: datetime | None) -> None:
    feed = Feed()
    if complete_from is not None:
        feed.begin(complete_from)
    assert feed.position(NOON - timedelta(seconds=1)) is None


def test_a_feed_that_begins_anew_leaves_no_reader_behind() -> None:
    feed = Feed()
    feed.take([news(ONE)])
    feed.begin(NOON)
    feed.take([news(TWO)])
    assert ids(feed, 1) is None


def test_bells_ring_for_those_who_watch() -> None:
    feed = Feed()
    with feed.watch() as bell:
        assert feed.watched
        feed.take([news(ONE)])
        assert bell.is_set()
    assert not feed.watched
