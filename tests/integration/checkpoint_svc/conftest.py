"""The world of one test."""

from pathlib import Path

import pytest
from tests.integration.checkpoint_svc.replicas import World

from sluicegate_kit.kafka.memory import MemoryBroker


@pytest.fixture
def world(checkpoint_database: str, tmp_path: Path) -> World:
    """A fresh database and a fresh broker."""
    return World(checkpoint_database, MemoryBroker(), tmp_path)
