"""Both services as callers meet them: on real ports, real PostgreSQL and one broker in memory, in another thread."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from anyio.from_thread import BlockingPortal, start_blocking_portal
from psycopg.sql import SQL, Identifier

from sluicegate_dev.services import API, CHECKPOINT_SVC
from sluicegate_kit.access.roles import Role
from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.server import HttpServer
from sluicegate_schemas.envelope import Message
from tests.integration.api.replica import running
from tests.integration.checkpoint_svc.replicas import World
from tests.support.callers import bearer, one_of_each_role
from tests.support.databases import Databases
from tests.support.waiting import eventually


@dataclass(frozen=True, slots=True)
class Service:
    """One of the two."""

    name: str
    port: int
    database_url: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def http(self, role: Role | None = Role.ADMIN) -> httpx.Client:
        """A client that calls it in this role, or as nobody."""
        return httpx.Client(base_url=self.url, headers=bearer(role) if role else {}, timeout=30, trust_env=False)

    def rows(self) -> dict[str, int]:
        """How many rows each of its tables has."""
        with psycopg.connect(self.database_url) as connection:
            found = {}
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
                counted = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(name))).fetchone()
                assert counted is not None
                found[name] = int(counted[0])
        return found


@dataclass(frozen=True, slots=True)
class House:
    """The two, and the broker between them and whoever the test plays."""

    api: Service
    checkpoint_svc: Service
    broker: MemoryBroker
    portal: BlockingPortal
    apps: tuple[Wrapper, Wrapper]

    def service(self, name: str) -> Service:
        """By its name in `access.toml`."""
        return {API.name: self.api, CHECKPOINT_SVC.name: self.checkpoint_svc}[name]

    def deliver(self, *messages: Message) -> None:
        """The worker, or an upstream system, sends these."""
        for message in messages:
            self.portal.call(self.broker.append, message)

    def drain(self) -> None:
        """Tells both that their server stops, as it would 10 s before: long polls and event streams end at once."""
        for app in self.apps:
            self.portal.call(app.stopping.set)


def known(service: Service, path: str) -> None:
    """Waits until the service has something at this path."""
    with service.http() as http:
        eventually(lambda: http.get(path).status_code == 200, f"{service.name} knows {path}")


@contextmanager
def open_house(databases: Databases, folder: Path) -> Iterator[House]:
    """Started, and ended with the block. Callers are `one_of_each_role`."""
    names = {service: databases.of(service) for service in ("api", "checkpoint")}
    urls = {service: databases.url(name, service=service) for service, name in names.items()}
    broker = MemoryBroker()
    services = _services(urls, folder, broker)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(services) as (apps, ports):
        yield House(
            Service(API.name, ports[0], urls["api"]),
            Service(CHECKPOINT_SVC.name, ports[1], urls["checkpoint"]),
            broker,
            portal,
            apps,
        )
    for name in names.values():
        databases.server.drop_database(name)


@asynccontextmanager
async def _services(
    urls: dict[str, str], folder: Path, broker: MemoryBroker
) -> AsyncIterator[tuple[tuple[Wrapper, Wrapper], tuple[int, int]]]:
    world = World(urls["checkpoint"], broker, folder, one_of_each_role())
    async with running(urls["api"], folder, broker) as api, world.replicas() as (checkpoint_svc,):
        server = HttpServer("http", checkpoint_svc.service.app, "127.0.0.1", 0)
        await server.start()
        port = api.http.base_url.port
        assert port is not None
        try:
            yield (api.service.app, checkpoint_svc.service.app), (port, server.port)
        finally:
            await server.stop()
