"""The connections that questions are answered on; what is written goes by the write loop's."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sluicegate_kit.db.line import connected
from sluicegate_kit.migrate import sqlalchemy_url
from sluicegate_kit.settings import StoringSettings


def read_engine(settings: StoringSettings, *, connections: int, autocommit: bool = False) -> AsyncEngine:
    """At most so many; none before somebody asks."""
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
    unprepared: dict[str, Any] = {"prepare_threshold": None} if settings.database_pooled else {}
    return create_async_engine(
        sqlalchemy_url(settings.database_url.get_secret_value()),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"async_creator_fn": connected, **unprepared},
        **options,
    )


async def ping(engine: AsyncEngine) -> None:
    """Raises where the database can't be reached."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
