"""LISTEN and NOTIFY between the replicas of a service, on connections of their own.

Outside the write loop's transactions, because a NOTIFY makes commits wait for each other. So a notice may be missed:
who listens also looks now and then.
"""

import asyncio
from collections.abc import Callable

import psycopg
import structlog

from sluicegate_kit.db.line import connected

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 1.0


class Listener:
    """Hears the other replicas, and this one."""

    def __init__(
        self, url: str | None, channel: str, *, name: str, joined: Callable[[], None], heard: Callable[[str], None]
    ) -> None:
        """`joined` is called whenever listening begins, so that what was missed can be looked for.

        Without `url` there is nowhere to listen, and nothing is heard.
        """
        self._url = url
        self._channel = channel
        self._name = name
        self._joined = joined
        self._heard = heard

    async def run(self) -> None:
        """Until cancelled."""
        if self._url is None:
            log.info("nowhere to listen: this replica looks now and then", channel=self._channel)
            await asyncio.Event().wait()
            return
        while True:
            try:
                async with await _connect(self._url, f"{self._name} listener") as connection:
                    await connection.execute(f"LISTEN {self._channel}")
                    self._joined()
                    async for notice in connection.notifies():
                        self._heard(notice.payload)
            except psycopg.Error as error:
                log.warning("not listening", channel=self._channel, error=str(error).strip())
                await asyncio.sleep(AGAIN_SECONDS)


class Notifier:
    """Tells the others; calls that come too fast become one notice."""

    def __init__(self, url: str, channel: str, notice: str, *, name: str, throttle_seconds: float) -> None:
        self._url = url
        self._statement = f"NOTIFY {channel}, '{notice}'"
        self._name = name
        self._throttle_seconds = throttle_seconds
        self._wanted = asyncio.Event()

    def notify(self) -> None:
        """Soon. Never blocks."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with await _connect(self._url, f"{self._name} notifier") as connection:
                    while True:
                        await self._wanted.wait()
                        self._wanted.clear()
                        await connection.execute(self._statement)
                        await asyncio.sleep(self._throttle_seconds)
            except psycopg.Error as error:
                log.warning("not notifying", error=str(error).strip())
                self._wanted.set()
                await asyncio.sleep(AGAIN_SECONDS)


async def _connect(url: str, name: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    # A pooler may pass each NOTIFY to another session.
    return await connected(url, autocommit=True, prepare_threshold=None, application_name=name)
