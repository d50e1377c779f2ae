"""The services as callers meet them: on real ports and real PostgreSQL, in another thread.

Each has a broker of its own in memory: nothing that is done to one changes the other while somebody looks.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from sluicegate_dev.services import API, CHECKPOINT_SVC, INSIGHTS
from sluicegate_kit.access.roles import Role
from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_kit.web.asgi import Wrapper
from sluicegate_kit.web.server import HttpServer
from sluicegate_schemas.envelope import Message
from tests.integration.api.replica import running
from tests.integration.checkpoint_svc.replicas import World
from tests.integration.insights import replica as insights
from tests.support.callers import bearer, one_of_each_role
from tests.support.databases import Databases
from tests.support.plain_http import NO_CERTIFICATES


@dataclass(frozen=True, slots=True)
class Service:
    """One of them."""

    name: str
    port: int
    database_url: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def http(self, role: Role | None = Role.ADMIN) -> httpx.Client:
        """A client that calls it in this role, or as nobody."""
        headers = bearer(role) if role else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=NO_CERTIFICATES)


@dataclass(frozen=True, slots=True)
class House:
    """All that have callers, and their brokers."""

    api: Service
    checkpoint_svc: Service
    insights: Service
    brokers: tuple[MemoryBroker, ...]
    portal: BlockingPortal
    apps: tuple[Wrapper, ...]

    def service(self, name: str) -> Service:
        """By its name in `access.toml`."""
        return {each.name: each for each in (self.api, self.checkpoint_svc, self.insights)}[name]

    def deliver(self, *messages: Message) -> None:
        """The worker, or an upstream system, sends these to all."""
        for broker in self.brokers:
            for message in messages:
                self.portal.call(broker.append, message)

    def drain(self) -> None:
        """Tells each that its server stops, as it would 10 s before: long polls and event streams end at once."""
        for app in self.apps:
            self.portal.call(app.stopping.set)


@contextmanager
def open_house(databases: Databases, folder: Path) -> Iterator[House]:
    """Started, and ended with the block. Callers are `one_of_each_role`."""
    names = {service: databases.of(service) for service in ("api", "checkpoint")}
    urls = {service: databases.url(name, service=service) for service, name in names.items()}
    brokers = (MemoryBroker(), MemoryBroker(), MemoryBroker())
    services = _services(urls, folder, *brokers)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(services) as (apps, ports):
        yield House(
            Service(API.name, ports[0], urls["api"]),
            Service(CHECKPOINT_SVC.name, ports[1], urls["checkpoint"]),
            Service(INSIGHTS.name, ports[2], ""),
            brokers,
            portal,
            apps,
        )
    for name in names.values():
        databases.server.drop_database(name)


@asynccontextmanager
async def _services(
    urls: dict[str, str],
    folder: Path,
    of_api: MemoryBroker,
    of_checkpoint_svc: MemoryBroker,
    of_insights: MemoryBroker,
) -> AsyncIterator[tuple[tuple[Wrapper, ...], tuple[int, ...]]]:
    world, callers = World(urls["checkpoint"], of_checkpoint_svc, folder), one_of_each_role()
    async with (
        running(urls["api"], folder, of_api) as api,
        world.replicas(identities=callers) as (checkpoint_svc,),
        insights.running(folder, of_insights) as figures,
    ):
        server = HttpServer("http", checkpoint_svc.service.app, "127.0.0.1", 0)
        await server.start()
        port = api.http.base_url.port
        assert port is not None
        try:
            yield (api.service.app, checkpoint_svc.service.app, figures.service.app), (port, server.port, figures.port)
        finally:
            await server.stop()
