"""The workers' database is restored to a state in which the fleet was started; meanwhile an operator has stopped it."""

from collections.abc import Iterator

import pytest

from sluicegate_dev.services import WORKER
from tests.e2e.conftest import TownFactory
from tests.e2e.town import Town
from tests.support.databases import Databases
from tests.support.waiting import eventually

FLEET = "/api/admin/agent-worker"


@pytest.fixture
def backup(databases: Databases) -> Iterator[str]:
    """The name of a database that is dropped in the end, if it was made."""
    yield "backup_of_worker"
    databases.server.drop_database("backup_of_worker")


def _stop_the_fleet(town: Town) -> None:
    """Returns when the workers have heard it."""
    with town.stack.client(town.stack.api, "admin") as client:
        assert client.delete(FLEET).status_code == 202
        eventually(lambda: client.get(FLEET).json()["confirmed"], "the wish is heard")


def _kept(town: Town) -> list[str]:
    """The wish in the workers' table."""
    return [row["desired"] for row in town.stack.rows(WORKER, "SELECT desired FROM fleet")]


def test_the_workers_are_told_the_wish_of_now(make_town: TownFactory, databases: Databases, backup: str) -> None:
    town = make_town(worker=1, checkpoint_svc=1, SLUICEGATE_GRACE_SECONDS="2")
    stack, server = town.stack, databases.server
    database = stack.database_urls["worker"].rpartition("/")[2]
    eventually(lambda: _kept(town) == ["started"], "the first wish is heard")
    assert stack.worker.stop() == 0
    server.create_database(backup, template=database)
    stack.worker.start()
    stack.worker.wait_until_ready()
    _stop_the_fleet(town)
    assert _kept(town) == ["stopped"]
    assert stack.worker.stop() == 0
    server.drop_database(database)
    server.create_database(database, template=backup, owner="sluicegate_worker")
    assert _kept(town) == ["started"]

    stack.worker.start()
    stack.worker.wait_until_ready()
    eventually(lambda: _kept(town) == ["stopped"], "the wish of now is in the table")
    with town.stack.client(town.stack.api, "admin") as client:
        eventually(lambda: client.get(FLEET).json()["confirmed"], "and the api knows")
