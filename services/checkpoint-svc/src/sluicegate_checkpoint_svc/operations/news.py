"""Notes what a batch has changed, and forgets it when nobody can have missed it any more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from sluicegate_checkpoint_svc.domain import news
from sluicegate_checkpoint_svc.domain.news import Change, News
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, COMMENTS, NEWS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection

KEPT_MINUTES = 15


@dataclass(frozen=True, slots=True)
class TellNews(Operation[News | None]):
    """Decided last in its batch: what it finds changed is what the batch commits. None: nothing has."""

    news_id: UUID

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> News | None:
        changes = list(_changes(rows))
        if not changes:
            return None
        told = News(self.news_id, rows.now, written(changes))
        rows.put(NEWS, told)
        return told


@dataclass(frozen=True, slots=True)
class ForgetNews(Operation[int]):
    """One pass; gives how many were forgotten."""

    old: Selection[News]

    @classmethod
    def of(cls, limit: int) -> "ForgetNews":
        """At most `limit`, the oldest first."""
        where = f"at <= {NOW} - interval '{KEPT_MINUTES} minutes'"
        return cls(NEWS.select(where, order="at", limit=limit))

    def locks(self) -> Iterable[Need]:
        return (self.old,)

    def decide(self, rows: Rows) -> int:
        old = rows.selected(self.old)
        for told in old:
            rows.delete(NEWS, told.news_id)
        return len(old)


def written(changes: Iterable[Change]) -> str:
    """As news keep them."""
    return orjson.dumps(list(changes)).decode()


def read(told: News) -> list[Change]:
    """What news tell, in their order."""
    return _CHANGES.validate_json(told.changes)


_CHANGES = TypeAdapter(list[Change])


def _changes(rows: Rows) -> Iterator[Change]:
    if (writes := rows.changes(CHECKPOINTS)) is not None:
        yield from map(news.recorded, writes.inserted)
        yield from (news.moved(before, after) for before, after in writes.updated)
    if (writes := rows.changes(COMMENTS)) is not None:
        for comment in writes.inserted:
            if (checkpoint := rows.get(CHECKPOINTS, comment.checkpoint_id)) is not None:
                yield news.commented(checkpoint)
