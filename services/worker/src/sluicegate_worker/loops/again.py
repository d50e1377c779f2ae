"""Makes a pass again and again until it is cancelled."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from sluicegate_kit.db.errors import WriteError

log = structlog.get_logger(__name__)


async def again(name: str, pass_: Callable[[], Awaitable[object]], *, every_seconds: float) -> None:
    """A pass that the database refuses is made again at its next time. Any other error ends the loop."""
    while True:
        try:
            await pass_()
        except (WriteError, SQLAlchemyError, psycopg.Error) as error:
            log.warning("pass failed", loop=name, error=type(error).__name__)
        await asyncio.sleep(every_seconds)
