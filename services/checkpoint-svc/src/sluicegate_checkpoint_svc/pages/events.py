"""GET …/events: what changes, as Server-Sent Events, for pages that are being looked at."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice

import orjson
from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from sluicegate_checkpoint_svc.domain.news import Change, News
from sluicegate_checkpoint_svc.live.feed import Feed
from sluicegate_checkpoint_svc.operations.news import read
from sluicegate_checkpoint_svc.pages import paths
from sluicegate_kit.clock import Clock
from sluicegate_kit.web import sse
from sluicegate_kit.web.exchange import stopping
from sluicegate_kit.web.page import PageRoute
from sluicegate_kit.web.query import Query, read_query

AGAIN = "again"
"""The event that says: some changes are not told any more; read what you show again."""
AT_ONCE = 200
"""Changes that are told one by one; who is further behind reads again."""
PAUSE_SECONDS = 0.1
"""Between two rounds, so that a storm of changes comes in few."""
LONGEST_SECONDS = 600.0
"""Then the client comes back by itself, and is asked again who it is: a role taken away ends this stream, too."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Since(Query):
    """Where to begin, for who has no `Last-Event-ID` yet."""

    after: int | None = Field(None, ge=0, lt=10**18)


class Events:
    """One reader of the feed per client. An event is named by what happened; its id is its time.

    A change may be told twice: `version` says whether it is news.
    """

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock

    @property
    def url(self) -> str:
        """The stream from now on: taken before a page reads what it shows, it tells all that the page does not."""
        latest = self._latest()
        return paths.EVENTS if latest is None else f"{paths.EVENTS}?after={latest}"

    async def stream(self, request: Request) -> Response:
        """Changes from now on; after those of `Last-Event-ID`, or of `?after=`, where that is given."""
        after = read_query(request, Since).after
        last = sse.last_event_id(request)
        return sse.stream(self._events(stopping(request), after if last is None else last))

    async def _events(self, stop: asyncio.Event, last: int | None) -> AsyncIterator[bytes]:
        began = spoke = self._clock.monotonic()
        yield sse.BEGIN
        with self._feed.watch() as bell:
            position = self._feed.end if last is None else self._feed.position(_moment(last))
            while not stop.is_set() and self._clock.monotonic() - began < LONGEST_SECONDS:
                bell.clear()
                news = None if position is None else self._feed.after(position)
                told = None if news is None else _told(news)
                if told is None:
                    position = self._feed.end
                    yield sse.event(AGAIN, "{}", self._latest())
                elif told:
                    position = self._feed.end
                    yield b"".join(told)
                elif self._clock.monotonic() - spoke >= sse.SIGN_OF_LIFE_SECONDS:
                    yield sse.STILL_THERE
                else:
                    await sse.ring(bell, stop, sse.SIGN_OF_LIFE_SECONDS / 3)
                    continue
                spoke = self._clock.monotonic()
                with suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE_SECONDS):
                        await stop.wait()

    def _latest(self) -> int | None:
        """The id after which nothing has been told."""
        return None if self._feed.latest is None else _number(self._feed.latest)


def routes(events: Events) -> Sequence[PageRoute]:
    """The route; its path is that of a checkpoint, too, so it comes first."""
    return (PageRoute("GET", paths.EVENTS, events.stream),)


def _told(news: Sequence[News]) -> list[bytes] | None:
    """An event for each change; None: there are too many."""
    changes = list(islice(((change, each.at) for each in news for change in read(each)), AT_ONCE + 1))
    return [_event(change, at) for change, at in changes] if len(changes) <= AT_ONCE else None


def _event(change: Change, at: datetime) -> bytes:
    facts = {to_camel(name): value for name, value in asdict(change).items() if name != "happened"}
    return sse.event(change.happened, orjson.dumps(facts).decode(), _number(at))


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(number: int) -> datetime:
    try:
        return _EPOCH + number * _MICROSECOND
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
