"""One replica of insights on a broker in memory, served on a real port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sluicegate_insights.bootstrap import Service, assemble, group_of_process
from sluicegate_insights.records import TOPICS
from sluicegate_kit.clock import Clock
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer
from sluicegate_kit.lifecycle import Component
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.settings import PageSettings
from sluicegate_kit.web.server import HttpServer
from tests.support.callers import one_of_each_role
from tests.support.sessions import write_key_set


@dataclass(frozen=True, slots=True)
class Replica:
    """It runs."""

    service: Service
    port: int


@asynccontextmanager
async def running(folder: Path, broker: MemoryBroker, clock: Clock | None = None) -> AsyncIterator[Replica]:
    """Start it, and stop it in the order of a real process. Callers are `one_of_each_role`."""
    settings = PageSettings.model_validate(
        {
            "kafka_bootstrap_servers": "memory",
            "keys_file": folder / "unused.json",
            "session_keys_file": write_key_set(folder),
            "insecure_dev_cookie": True,
        }
    )
    consumer = MemoryConsumer(broker, group_of_process(), [topic.name for topic in TOPICS], poll_seconds=0.05)
    service = assemble(settings, consumer, one_of_each_role(), Metrics(), clock=clock)
    server = HttpServer("http", service.app, "127.0.0.1", 0)
    started: list[Component] = []
    try:
        for component in (*service.loops(), server):
            await component.start()
            started.append(component)
        yield Replica(service, server.port)
    finally:
        for component in reversed(started):
            await component.stop()
