"""Reads dead letters."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.dead_letters import DeadLetter
from sluicegate_api.reads.sql import DEAD_LETTERS


class DeadLetterReads:
    """Queries over `dead_letters`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def one(self, dead_letter_id: UUID) -> DeadLetter | None:
        """The dead letter with its bytes, or None."""
        query = sa.select(*DEAD_LETTERS.c).where(DEAD_LETTERS.c.dead_letter_id == dead_letter_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else tables.DEAD_LETTERS.read(row)

    async def page(
        self, topic: str | None, code: str | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[DeadLetter]:
        """At most `limit`, newest first, without their bytes."""
        columns = [sa.literal(b"").label("value") if column.name == "value" else column for column in DEAD_LETTERS.c]
        query = sa.select(*columns)
        place = (DEAD_LETTERS.c.received_at, DEAD_LETTERS.c.dead_letter_id)
        if topic is not None:
            query = query.where(DEAD_LETTERS.c.topic == topic)
        if code is not None:
            query = query.where(DEAD_LETTERS.c.code == code)
        if after is not None:
            query = query.where(sa.tuple_(*place) < sa.tuple_(*map(sa.literal, after)))
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(*(column.desc() for column in place)).limit(limit))
            return [tables.DEAD_LETTERS.read(row) for row in rows]
