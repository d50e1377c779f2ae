"""Reads the news of all replicas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, all_, bindparam, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_checkpoint_svc.domain.news import News
from sluicegate_checkpoint_svc.operations.news import KEPT_MINUTES
from sluicegate_checkpoint_svc.tables import NEWS

_news = table(NEWS.name, *map(column, NEWS.columns))
_n = _news.c
_now = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Found:
    """News, oldest first."""

    news: Sequence[News]
    now: datetime
    """The database's clock, before anything was read."""
    cut: bool
    """There are older ones that were not read."""

    @property
    def complete_from(self) -> datetime:
        """There are no others from then on."""
        return self.news[0].at if self.cut else self.now - timedelta(minutes=KEPT_MINUTES)


class NewsReads:
    """Two questions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def since(self, moment: datetime, known: Sequence[UUID], limit: int) -> Found:
        """The latest after a moment, but for those that are known."""
        unknown = _n.news_id != all_(bindparam("known", list(known), ARRAY(Uuid)))
        return await self._read(limit, _n.at > moment, unknown)

    async def latest(self, limit: int) -> Found:
        """The latest of those that are kept."""
        return await self._read(limit, _n.at > _now - timedelta(minutes=KEPT_MINUTES))

    async def _read(self, limit: int, *where: ColumnElement[bool]) -> Found:
        question = select(*_n).where(*where).order_by(_n.at.desc()).limit(limit + 1)
        async with self._engine.connect() as connection:
            now = (await connection.execute(select(_now))).scalar_one()
            found = [NEWS.read(tuple(row)) for row in await connection.execute(question)]
        return Found(found[limit - 1 :: -1], now, len(found) > limit)
