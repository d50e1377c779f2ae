"""Fixtures that every folder of tests may use: PostgreSQL, the embedded broker, real Apache Kafka."""

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from sluicegate_dev import ports
from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.errors import CannotRunHere
from sluicegate_dev.librdkafka_mock import MockCluster
from sluicegate_schemas.topics import TOPICS
from tests.support.databases import Databases
from tests.support.kafka import RealKafka, forget_everything, start_real_kafka
from tests.support.requirements import lacking
from tests.support.stack import Stack

settings.register_profile("untimed", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("untimed")

# The port of a service that is dead just now looks free to others: those who test side by side, and the `make dev`s
# that they start, keep out of each other's way.
_PORTS = range(2_000, 7_900)
_side_by_side = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_each = len(_PORTS) // _side_by_side
ports.LOWEST = _PORTS.start + _each * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
ports.BEYOND = ports.LOWEST + _each


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the services do."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One server a session. Its files need not survive a power cut, so nothing waits for the disk."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), settings={"fsync": "off", "full_page_writes": "off"})
    server.start()
    yield server
    server.crash()


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    """Makes databases; a test that uses it directly drops what it makes."""
    return Databases(postgres)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """URL of a database without tables, for this test alone."""
    name = databases.empty()
    yield databases.url(name)
    databases.server.drop_database(name)


@pytest.fixture
def api_database(databases: Databases) -> Iterator[str]:
    """URL of a migrated database of the api, for this test alone."""
    yield from _migrated(databases, "api")


@pytest.fixture
def worker_database(databases: Databases) -> Iterator[str]:
    """URL of a migrated database of the worker, for this test alone."""
    yield from _migrated(databases, "worker")


@pytest.fixture
def checkpoint_database(databases: Databases) -> Iterator[str]:
    """URL of a migrated database of checkpoint-svc, for this test alone."""
    yield from _migrated(databases, "checkpoint")


def _migrated(databases: Databases, service: str) -> Iterator[str]:
    name = databases.of(service)
    yield databases.url(name, service=service)
    databases.server.drop_database(name)


@pytest.fixture
def embedded_broker() -> Iterator[MockCluster]:
    """librdkafka's broker inside this process, with all topics, for this test alone."""
    cluster = MockCluster()
    cluster.create_topics(TOPICS)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def real_kafka_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKafka]:
    """The session's Apache Kafka."""
    try:
        broker = start_real_kafka(tmp_path_factory.mktemp("kafka"))
    except CannotRunHere as error:
        lacking("kafka", str(error))
    yield broker
    broker.wipe()


@pytest.fixture
def real_kafka(real_kafka_of_session: RealKafka) -> RealKafka:
    """Apache Kafka with all topics, empty, without groups; whoever stops or kills it starts it again."""
    forget_everything(real_kafka_of_session)
    return real_kafka_of_session


class StackFactory(Protocol):
    """Makes stacks that end with the test."""

    def __call__(
        self,
        bootstrap_servers: str,
        *,
        settings: Mapping[str, str] | None = None,
        handlers: str | None = None,
        python_path: Path | None = None,
    ) -> Stack:
        """A stack on fresh databases; nothing of it runs before its `start`."""
        ...


@pytest.fixture
def make_stack(databases: Databases, tmp_path: Path) -> Iterator[StackFactory]:
    """Services as processes: `stack = make_stack(real_kafka.bootstrap_servers); stack.start(worker=2)`."""
    with ExitStack() as stacks:
        numbers = itertools.count(1)

        def make(
            bootstrap_servers: str,
            *,
            settings: Mapping[str, str] | None = None,
            handlers: str | None = None,
            python_path: Path | None = None,
        ) -> Stack:
            folder = tmp_path / f"stack-{next(numbers)}"
            stack = Stack(
                folder,
                databases,
                bootstrap_servers,
                settings=settings,
                handlers=handlers,
                python_path=python_path,
            )
            return stacks.enter_context(stack)

        yield make
