"""A replica of the api for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sluicegate_kit.kafka.memory import MemoryBroker
from tests.integration.api.replica import Replica, running


@pytest.fixture
async def api(api_database: str, tmp_path: Path) -> AsyncIterator[Replica]:
    """On a database and a broker of its own."""
    async with running(api_database, tmp_path, MemoryBroker()) as replica:
        yield replica
