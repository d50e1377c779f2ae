"""LISTEN and NOTIFY: idle replicas hear of ready runs at once. The poll interval is the fallback."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog

from sluicegate_worker.operations.receive_control import CHANNEL

log = structlog.get_logger(__name__)

THROTTLE_SECONDS = 0.02
AGAIN_SECONDS = 1.0
READY = "ready"


class Listener:
    """Hears the other replicas, on a connection of its own."""

    def __init__(self, url: str, *, on_ready: Callable[[], None], on_look: Callable[[], None]) -> None:
        """`on_look`: a control was committed that this replica should see."""
        self._url = url
        self._on_ready = on_ready
        self._on_look = on_look

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("not listening", error=str(error).strip())
                await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        async with await _connect(self._url, "listener") as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._on_ready()
            self._on_look()
            async for notice in connection.notifies():
                if notice.payload == READY:
                    self._on_ready()
                else:
                    self._on_look()


class Notifier:
    """Tells the other replicas that there are more ready runs than this one has slots: at most once per 20 ms."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted = asyncio.Event()

    def notify(self) -> None:
        """Soon; outside any transaction of the write loop."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with await _connect(self._url, "notifier") as connection:
                    while True:
                        await self._wanted.wait()
                        self._wanted.clear()
                        await connection.execute(f"NOTIFY {CHANNEL}, '{READY}'")
                        await asyncio.sleep(THROTTLE_SECONDS)
            except psycopg.Error as error:
                log.warning("not notifying", error=str(error).strip())
                await asyncio.sleep(AGAIN_SECONDS)


async def _connect(url: str, what: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, connect_timeout=5, application_name=f"sluicegate-worker {what}"
    )
