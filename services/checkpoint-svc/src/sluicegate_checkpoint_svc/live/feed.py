"""What changed lately, for all who watch on this replica: bounded, however slow they are."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sluicegate_checkpoint_svc.domain.news import News

MOST_CHARACTERS = 4 * 1024 * 1024
"""Of the news that are kept; one change has some 200."""
MOST_KNOWN = 5000
"""News that are recognised when they come again."""
OVERLAP = timedelta(seconds=2)
"""Told again to who comes back: replicas hear of the same news in different orders."""


class Feed:
    """A ring of news. A reader keeps a position in it, and nothing is kept for the reader."""

    def __init__(self, *, most_characters: int = MOST_CHARACTERS) -> None:
        self._ring: deque[News] = deque()
        self._most_characters = most_characters
        self._characters = 0
        self._gone = 0
        self._known: OrderedDict[UUID, datetime] = OrderedDict()
        self._bells: set[asyncio.Event] = set()
        self.complete_from: datetime | None = None
        """All news from then on are in the ring; None: nobody has looked yet."""
        self.latest: datetime | None = None
        """By the database's clock. Who reads checkpoints now, and then goes on from there, misses nothing."""

    @property
    def watched(self) -> bool:
        """Whether anybody waits for news."""
        return bool(self._bells)

    @property
    def end(self) -> int:
        """The position of who has been told everything."""
        return self._gone + len(self._ring)

    def knows(self, since: datetime) -> list[UUID]:
        """The news from then on that have been taken already."""
        return [news_id for news_id, at in self._known.items() if at >= since]

    def take(self, news: Iterable[News], *, complete_to: datetime | None = None) -> None:
        """Tell those who watch; news that are known already are not told again.

        `complete_to`: these are all that were committed until then.
        """
        self.latest = complete_to or self.latest
        for each in news:
            if each.news_id not in self._known:
                self._known[each.news_id] = each.at
                self._ring.append(each)
                self._characters += len(each.changes)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        while self._characters > self._most_characters:
            self._drop()
        for bell in self._bells:
            bell.set()

    def begin(self, complete_from: datetime) -> None:
        """Start anew, without what was known before."""
        self._gone += len(self._ring) + 1
        self._ring.clear()
        self._characters = 0
        self._known.clear()
        self.complete_from = complete_from

    def after(self, position: int) -> Sequence[News] | None:
        """What came after a position; None: some of it is gone."""
        if position < self._gone:
            return None
        return tuple(islice(self._ring, position - self._gone, None))

    def position(self, last: datetime) -> int | None:
        """Where somebody goes on who was last told what happened then; None: some of what came after is gone."""
        if self.complete_from is None or last < self.complete_from:
            return None
        begin = last - OVERLAP
        place = next((place for place, news in enumerate(self._ring) if news.at > begin), len(self._ring))
        return self._gone + place

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event that is set when there may be news; whoever waits clears it."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)

    def _drop(self) -> None:
        dropped = self._ring.popleft()
        self._gone += 1
        self._characters -= len(dropped.changes)
        if self.complete_from is not None:
            self.complete_from = max(self.complete_from, dropped.at)
