"""Hears what other replicas have committed, and what this one was not told about."""

from datetime import datetime, timedelta

from sluicegate_checkpoint_svc.live.feed import Feed
from sluicegate_checkpoint_svc.live.reads import Found, NewsReads

CHANNEL = "sluicegate_news"
LOOK_SECONDS = 5.0
THROTTLE_SECONDS = 0.1
MOST_NEWS = 1000
"""Read at once; a replica that has missed more starts anew."""
LONGEST_COMMIT = timedelta(seconds=30)
"""From the time of an operation until others can see it: no statement takes longer (`kit/db/connection.py`)."""


class Follower:
    """Looks for news that the feed doesn't know."""

    def __init__(self, reads: NewsReads, feed: Feed) -> None:
        self._reads = reads
        self._feed = feed
        self._looked_at: datetime | None = None

    async def look(self) -> None:
        """One look.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database can't be reached.
        """
        if self._looked_at is not None:
            since = self._looked_at - LONGEST_COMMIT
            found = await self._reads.since(since, self._feed.knows(since), MOST_NEWS)
            if not found.cut:
                self._take(found)
                return
        found = await self._reads.latest(MOST_NEWS)
        self._feed.begin(found.complete_from)
        self._take(found)

    def _take(self, found: Found) -> None:
        self._looked_at = found.now
        self._feed.take(found.news, complete_to=found.now)
