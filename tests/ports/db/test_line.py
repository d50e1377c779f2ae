"""Connections that are given up while they are made leave nothing behind at the server."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_kit.db.line import connected
from sluicegate_kit.db.reading import ping, read_engine
from sluicegate_kit.settings import StoringSettings

pytestmark = pytest.mark.anyio

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
DEADLINE_SECONDS = 20
"""Far less than the server's `authentication_timeout`, after which it would give up by itself."""


async def by_hand(url: str) -> None:
    await (await connected(url)).close()


async def by_a_question(url: str) -> None:
    engine = _engine(url)
    try:
        await ping(engine)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("connect", [by_hand, by_a_question])
async def test_wherever_it_is_cut_off(empty_database: str, connect: Callable[[str], Awaitable[None]]) -> None:
    luck = random.Random(7)
    async with await connected(empty_database, autocommit=True) as watching:
        for _ in range(60):
            connecting = asyncio.ensure_future(connect(empty_database))
            await asyncio.sleep(luck.uniform(0, 0.008))
            connecting.cancel()
            await asyncio.wait({connecting})
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                if await (await watching.execute(OTHERS)).fetchone() == (0,):
                    break
                await asyncio.sleep(0.05)


def _engine(url: str) -> AsyncEngine:
    return read_engine(StoringSettings.model_construct(database_url=SecretStr(url)), connections=1)
