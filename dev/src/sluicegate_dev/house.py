"""Starts the parts of the system, from nothing to ready, and stops them in the reverse order."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sluicegate_dev.embedded_broker import EmbeddedBroker
from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.errors import DidNotStart
from sluicegate_dev.folder import DevFolder
from sluicegate_dev.kafka_jvm import JvmKafka
from sluicegate_dev.keys import make_keys
from sluicegate_dev.own_handlers import Handlers
from sluicegate_dev.processes import deadline
from sluicegate_dev.service_process import ServiceProcess
from sluicegate_dev.services import PROCESSES, SERVICES, WORKER, Surroundings, migrate, settings_of
from sluicegate_dev.supervisor import Part

Broker = Literal["embedded", "jvm"]

_READY_WITHIN_SECONDS = 60
_KAFKA_PORT, _POSTGRES_PORT = 19092, 15432
"""First choices; others if taken, and then the same ones at the next start."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a service listens on the loopback interface."""

    http: int
    internal: int


class House:
    """PostgreSQL, a broker and the services of one clone."""

    def __init__(self, folder: DevFolder, broker: Broker, handlers: Handlers) -> None:
        """Makes the keys and picks the ports; nothing runs yet."""
        self.keys = make_keys(folder.keys)
        self.workspace = folder.workspace
        self.postgres = EmbeddedPostgres(
            folder.postgres,
            port=folder.port("postgres", _POSTGRES_PORT),
            log=folder.log("postgres"),
            spawned=folder.note,
        )
        kind = JvmKafka if broker == "jvm" else EmbeddedBroker
        self.kafka: JvmKafka | EmbeddedBroker = kind(
            folder.kafka, port=folder.port("kafka", _KAFKA_PORT), log=folder.log("kafka"), spawned=folder.note
        )
        self.ports = {s.name: Ports(folder.port(s.name), folder.port(f"{s.name}-internal")) for s in PROCESSES}
        self.database_urls: dict[str, str] = {}
        self.services: list[ServiceProcess] = []
        self._handlers = handlers
        self._log = folder.log
        self._spawned = folder.note

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that has a process of its own, in the order of starting."""
        return (self.postgres, self.kafka, *self.services)

    @property
    def worker(self) -> ServiceProcess:
        """The one that loads handlers."""
        return next(process for process in self.services if process.service is WORKER)

    async def start_servers(self) -> None:
        """PostgreSQL with its databases, and the broker with its topics.

        Raises:
            DevError: one of them did not start.
        """
        await _at_once(self.postgres.start, self.kafka.start)
        for service in SERVICES:
            self.database_urls[service.name] = self.postgres.create_database(service.database)

    async def migrate(self) -> None:
        """Every database, to the newest version.

        Raises:
            DidNotStart: a migration failed.
        """
        # One after the other: Alembic keeps what it works on in globals.
        for service in SERVICES:
            await asyncio.to_thread(migrate, service, self.database_urls[service.name])

    async def start_services(self) -> None:
        """All of them; they get ready in their own time."""
        self.workspace.mkdir(exist_ok=True)
        around = self._surroundings()
        for service in PROCESSES:
            settings = {**_from_shell(), **settings_of(service, around)}
            if service is WORKER:
                settings |= self._handlers.settings()
            process = ServiceProcess(
                service,
                settings,
                http_port=self.ports[service.name].http,
                internal_port=self.ports[service.name].internal,
                log=self._log(service.name),
                spawned=self._spawned,
            )
            process.start()
            self.services.append(process)

    async def wait_until_ready(self) -> None:
        """Until every service says so.

        Raises:
            DidNotStart: one ended, or was not ready within a minute.
        """
        until = deadline(_READY_WITHIN_SECONDS)
        for process in self.services:
            while not await asyncio.to_thread(process.is_ready):
                child = process.child
                if child is None or child.exit_code is not None or time.monotonic() > until:
                    raise DidNotStart(process.name, child.log_tail() if child else "")
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """The services drain, then the servers end; returns when nothing of it runs."""
        await _at_once(*(process.stop for process in self.services))
        await asyncio.to_thread(self.kafka.stop)
        await asyncio.to_thread(self.postgres.stop)

    def _surroundings(self) -> Surroundings:
        # The embedded broker answers a fetch at the end of its wait, never earlier: the wait is the delay of every hop.
        extra = {"SLUICEGATE_KAFKA_FETCH_WAIT_MAX_MS": "5"} if isinstance(self.kafka, EmbeddedBroker) else {}
        return Surroundings(self.kafka.bootstrap_servers, self.database_urls, self.keys, self.workspace, extra)


def _from_shell() -> dict[str, str]:
    """Settings that the person has put before `make dev`; where the system has its own value, that one counts."""
    return {name: value for name, value in os.environ.items() if name.startswith("SLUICEGATE_")}


async def _at_once(*actions: Callable[[], object]) -> None:
    """Runs them in threads, waits for all, raises the first error."""
    outcomes = await asyncio.gather(*(asyncio.to_thread(act) for act in actions), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
