"""One replica of the api on a real PostgreSQL and a broker in memory, served on a real port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from sluicegate_api.bootstrap import GROUP, TOPICS, Service, assemble
from sluicegate_api.settings import ApiSettings
from sluicegate_kit.access.roles import Role
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from sluicegate_kit.lifecycle import Component
from sluicegate_kit.metrics import Metrics
from sluicegate_kit.web.server import HttpServer
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.model import Event
from tests.support.callers import bearer, one_of_each_role
from tests.support.documented import holds_to_its_document
from tests.support.sessions import write_key_set
from tests.unit.api.ledger import START

DEADLINE_SECONDS = 30.0
MAC_KEY = b"0123456789abcdef0123456789abcdef"


@dataclass
class Replica:
    """A running api, and a client that calls it as an admin unless told otherwise."""

    service: Service
    broker: MemoryBroker
    http: httpx.AsyncClient

    def publish(self, *events: Event) -> None:
        """What other services send."""
        for event in events:
            self.broker.append(envelope.write(event, ce_id=new_id(), source="test", at=START))

    def sent(self, event: str) -> list[dict[str, Any]]:
        """The data of all records that the api has published on this topic."""
        records = self.broker.records(f"sluicegate.{event}.v1")
        return [_data(record.value) for record in records]

    async def submitted(self, **fields: Any) -> dict[str, Any]:
        """A job that was accepted."""
        answer = await self.http.post("/api/agent-jobs", json=simple_task() | fields)
        assert answer.status_code == 202, answer.text
        return found(answer)

    async def until(self, path: str, wanted: Any, **params: Any) -> dict[str, Any]:
        """What a GET answers, once `wanted(answer)` holds."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                answer = await self.http.get(path, params=params)
                if answer.status_code == 200 and wanted(answer.json()):
                    return found(answer)
                await asyncio.sleep(0.01)


def simple_task() -> dict[str, Any]:
    """The smallest body."""
    return {"jobType": "simple-task", "taskDescription": "Test task", "inputData": {"test": "data"}}


def found(answer: httpx.Response) -> dict[str, Any]:
    """The object in an answer."""
    data: dict[str, Any] = answer.json()
    return data


def _data(value: bytes | None) -> dict[str, Any]:
    assert value is not None
    data: dict[str, Any] = json.loads(value)
    return data


@asynccontextmanager
async def running(
    database_url: str, folder: Path, broker: MemoryBroker, *, new: bool = False, **settings: Any
) -> AsyncIterator[Replica]:
    """Start it, and stop it in the order of a real process. `new`: on a database that has never read a log."""
    if not new:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO consumer_positions VALUES ('read-before', 0, 0, NULL) ON CONFLICT DO NOTHING"
            )
    mac_key = folder / "mac.key"
    mac_key.write_bytes(MAC_KEY)
    values: dict[str, Any] = {
        "database_url": database_url,
        "kafka_bootstrap_servers": "memory",
        "keys_file": folder / "unused.json",
        "mac_key_file": mac_key,
        "session_keys_file": write_key_set(folder),
        "insecure_dev_cookie": True,
        **settings,
    }
    service = assemble(
        ApiSettings.model_validate(values),
        MemoryProducer(broker),
        MemoryConsumer(broker, GROUP, TOPICS, poll_seconds=0.05),
        one_of_each_role(),
        Metrics(),
    )
    server = HttpServer("http", service.app, "127.0.0.1", 0)
    started: list[Component] = []
    try:
        for component in (*service.loops(), server):
            await component.start()
            started.append(component)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{server.port}", headers=bearer(Role.ADMIN.value), timeout=DEADLINE_SECONDS
        ) as http:
            await holds_to_its_document(http, "api")
            yield Replica(service, broker, http)
    finally:
        for component in reversed(started):
            await component.stop()
