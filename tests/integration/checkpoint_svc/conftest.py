"""The world of one test."""

from pathlib import Path

import pytest

from sluicegate_kit.kafka.memory import MemoryBroker
from tests.integration.checkpoint_svc.replicas import World


@pytest.fixture
def world(checkpoint_database: str, tmp_path: Path) -> World:
    """A fresh database and a fresh broker."""
    return World(checkpoint_database, MemoryBroker(), tmp_path)
