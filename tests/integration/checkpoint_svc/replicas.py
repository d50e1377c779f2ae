"""Replicas of checkpoint-svc in this process: a real database, a broker in memory, HTTP without sockets."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives import serialization
from pydantic import SecretStr

from sluicegate_checkpoint_svc.bootstrap import GROUP, TOPICS, Service, assemble
from sluicegate_checkpoint_svc.settings import CheckpointSettings
from sluicegate_kit.access.identities import Identities, Identity, Key
from sluicegate_kit.access.roles import Role
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import BY_EVENT
from tests.support.documented import holds_to_its_document
from tests.support.sessions import SESSION_KEY, write_key_set, write_private_key
from tests.unit.checkpoint_svc.examples import KEY, NOON

E = TypeVar("E", bound=Event)

DEADLINE_SECONDS = 30
SECRET = "s" * 32
DECIDERS = tuple(f"decider-{number}" for number in range(8))


def person(name: str, *roles: Role, person: bool = True) -> Identity:
    """Somebody with a key; or a machine."""
    return Identity(
        name=name,
        person=person,
        roles=frozenset(roles),
        keys=(Key(id=name, sha256=hashlib.sha256(SECRET.encode()).hexdigest()),),
    )


IDENTITIES = Identities(
    [
        person("ana", Role.SUBMITTER, Role.APPROVER),
        person("vic", Role.VIEWER),
        person("root", Role.ADMIN),
        person("robot", Role.APPROVER, person=False),
        *(person(name, Role.APPROVER) for name in ("ben", "cleo", *DECIDERS)),
    ]
)


@dataclass(frozen=True, slots=True)
class Replica:
    """One running replica."""

    service: Service
    http: httpx.AsyncClient

    async def call(
        self, method: str, path: str = "", *, by: str = "ben", headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """A request to the checkpoint routes."""
        key = {"authorization": f"Bearer sg_{by}_{SECRET}"}
        return await self.http.request(
            method, f"/api/admin/agent-checkpoints{path}", headers={**key, **(headers or {})}, **options
        )


@dataclass(frozen=True, slots=True)
class World:
    """A database, a broker, and any number of replicas on them."""

    database: str
    broker: MemoryBroker
    folder: Path

    @asynccontextmanager
    async def replicas(
        self, number: int = 1, *, identities: Identities = IDENTITIES, **changes: Any
    ) -> AsyncIterator[list[Replica]]:
        """Replicas that run until the end of the block; `changes` of their settings."""
        async with AsyncExitStack() as stack:
            yield [await stack.enter_async_context(self._replica(identities, changes)) for _ in range(number)]

    @asynccontextmanager
    async def _replica(self, identities: Identities, changes: Mapping[str, Any]) -> AsyncIterator[Replica]:
        service = assemble(
            self._settings(changes),
            MemoryProducer(self.broker),
            MemoryConsumer(self.broker, GROUP, TOPICS, poll_seconds=0.05),
            identities,
            Metrics(),
        )
        async with AsyncExitStack() as stack:
            for component in service.loops():
                await component.start()
                stack.push_async_callback(component.stop)
            transport = httpx.ASGITransport(app=service.app)
            http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"))
            await holds_to_its_document(http, "checkpoint-svc")
            yield Replica(service, http)

    def _settings(self, changes: Mapping[str, Any]) -> CheckpointSettings:
        key_file = self.folder / "decision-key.pem"
        key_file.write_bytes(
            KEY.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        facts: dict[str, Any] = {
            "database_url": SecretStr(self.database),
            "kafka_bootstrap_servers": "in-memory",
            "keys_file": self.folder / "unused",
            "decision_key_file": key_file,
            "decision_key_id": KEY.key_id,
            "session_key_file": write_private_key(self.folder),
            "session_key_id": SESSION_KEY.key_id,
            "session_keys_file": write_key_set(self.folder),
            "insecure_dev_cookie": True,
            "expiry_interval_seconds": 0.05,
            "sweep_interval_seconds": 0.05,
        }
        return CheckpointSettings(**{**facts, **changes})

    def deliver(self, event: Event) -> None:
        """The worker sends this."""
        self.broker.append(envelope.write(event, ce_id=new_id(), source="sluicegate/worker", at=NOON))

    def sent(self, model: type[E]) -> list[E]:
        """What was published of this kind, oldest first."""
        topic = BY_EVENT[model.event].name
        records = [
            record for partition in self.broker.partitions(topic) for record in self.broker.log(partition).records
        ]
        return [model.model_validate_json(record.value or b"") for record in records]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for records to make this true."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not holds():
                await self.broker.arrival(0.05)
