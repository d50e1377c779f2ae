"""A town of its own for every test."""

from pathlib import Path

import pytest

from tests.integration.worker import handlers
from tests.integration.worker.replica import Town


@pytest.fixture
def town(worker_database: str, tmp_path: Path) -> Town:
    """The broker and the database; replicas are started by the test."""
    for memory in (handlers.calls, handlers.effects, handlers.gates):
        memory.clear()
    return Town(worker_database, tmp_path)
