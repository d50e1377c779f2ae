"""Has the news of each commit told: here at once, to the other replicas by a notice."""

from collections.abc import Callable

from sluicegate_checkpoint_svc.domain.news import News
from sluicegate_checkpoint_svc.live.feed import Feed
from sluicegate_checkpoint_svc.operations.news import TellNews
from sluicegate_schemas.ids import new_id


class Reporter:
    """A rider on the write loop. What it misses, the follower finds in the table."""

    def __init__(self, feed: Feed, *, notify: Callable[[], None]) -> None:
        self._feed = feed
        self._notify = notify

    def board(self, aboard: int) -> TellNews | None:
        """One with each batch that somebody has operations in."""
        return TellNews(new_id()) if aboard else None

    def landed(self, result: News | None) -> None:
        """Tell."""
        if result is not None:
            self._feed.take([result])
            self._notify()

    def missed(self, error: BaseException) -> None:
        """Nothing was committed."""
