"""With PgBouncer in transaction mode between every service and its database, on real Apache Kafka."""

from collections.abc import Iterator, Mapping

import pytest

from sluicegate_dev.services import SERVICES
from tests.e2e.conftest import TownFactory
from tests.support.databases import Databases
from tests.support.kafka import RealKafka
from tests.support.pooler import SESSIONS, Pooler
from tests.support.waiting import eventually

CONNECTIONS = {"api": 9, "checkpoint-svc": 6, "worker": 6}
"""At most, of each replica; one more where it listens. docs/operations.md says so."""
LISTENING = frozenset({"checkpoint-svc", "worker"})


@pytest.fixture(scope="module")
def pooler(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooler]:
    """It runs."""
    pooler = Pooler(tmp_path_factory.mktemp("pooler") / "pgbouncer", databases.server)
    pooler.start()
    yield pooler
    pooler.stop()


@pytest.mark.parametrize("listens", [False, True], ids=["polls", "listens"])
def test_jobs_of_every_fate_end_right(
    pooler: Pooler, real_kafka: RealKafka, make_town: TownFactory, listens: bool
) -> None:
    def reached_by(url: str) -> Mapping[str, str]:
        directly = {"SLUICEGATE_DATABASE_LISTEN_URL": url} if listens else {}
        return {"SLUICEGATE_DATABASE_URL": pooler.through(url), "SLUICEGATE_DATABASE_POOLED": "true", **directly}

    town = make_town(reached_by=reached_by)
    town.submit_mixture(12)
    town.stack.worker.kill()
    town.wait_for_ends()
    town.stack.worker.start()
    town.submit_mixture(12)
    pooler.stop()
    pooler.start()
    town.wait_for_ends()
    town.check()
    town.stack.wait_until_ready()
    for service in SERVICES:
        replicas, url = town.stack.replicas[service.name], town.stack.database_urls[service.name]
        most = CONNECTIONS[service.name] * len(replicas)
        eventually(lambda: SESSIONS < pooler.clients(url) <= most, f"{service.name} shares sessions")  # noqa: B023
        for replica in replicas:
            said = replica.log.read_text()
            assert ("nowhere to listen" in said) == (service.name in LISTENING and not listens)
            assert "not listening" not in said
            assert "prepared statement" not in said
            assert replica.stop() == 0
