"""Insights on real Apache Kafka: its figures are those of the services' tables, whatever happens to it or the log."""

import pytest

from sluicegate_dev.services import INSIGHTS
from tests.e2e.conftest import TownFactory
from tests.e2e.people import Plan
from tests.e2e.recount import Figures, recount, send_everything_again, told
from tests.e2e.town import Town
from tests.support.replica import Replica
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def town(make_town: TownFactory) -> Town:
    """Jobs of every fate, some of them in a second run, one that waits; while a first replica of insights looks on."""
    town = make_town(worker=1, checkpoint_svc=1)
    town.stack.add(INSIGHTS).start()
    town.submit_mixture(6)
    cancelled = town.submit("witness-echo", {}, "cancelled", runAt="2999-01-01T00:00:00Z")
    again = town.submit_gated(Plan.REJECT)
    waiting = town.stack.submit("witness-gated", {"say": "never"})
    town.stack.wait_for_checkpoint(waiting)
    eventually(lambda: town.stack.cancel(cancelled).status_code == 202, "it is cancelled")
    town.wait_for_ends()
    with town.stack.client(town.stack.api) as client:
        assert client.patch(f"/api/agent-jobs/{again}", json={"action": "retry"}).status_code == 202
    eventually(lambda: (town.stack.job(again) or {})["run"] == 2, "its second run is there")
    town.wait_for_ends()
    return town


@pytest.fixture(scope="module")
def figures(town: Town) -> Figures:
    """As the tables have them."""
    found = recount(town.stack)
    assert found["witness-gated"]["pending"][0] == 1
    assert found["witness-gated"]["ended"].keys() == {"succeeded", "rejected", "expired"}
    assert found["witness-gated"]["ended"]["rejected"] == 3
    assert found["witness-echo"]["ended"] == {"cancelled": 1}
    return found


def first(town: Town) -> Replica:
    return town.stack.replicas[INSIGHTS.name][0]


def agrees(town: Town, insights: Replica, figures: Figures) -> None:
    insights.wait_until_ready()
    eventually(lambda: told(town.stack, insights) == figures, "the figures are those of the tables")


def test_figures_are_those_of_the_tables(town: Town, figures: Figures) -> None:
    agrees(town, first(town), figures)


def test_a_killed_replica_that_starts_again_reads_everything_anew(town: Town, figures: Figures) -> None:
    first(town).kill()
    first(town).start()
    agrees(town, first(town), figures)


def test_a_second_replica_knows_as_much_as_the_first(town: Town, figures: Figures) -> None:
    second = town.stack.add(INSIGHTS)
    second.start()
    agrees(town, second, figures)
    agrees(town, first(town), figures)
    assert second.stop() == 0
    agrees(town, first(town), figures)


def test_the_whole_log_sent_again_backwards_changes_nothing_then_or_after_a_rebuild(
    town: Town, figures: Figures
) -> None:
    with town.stack.client(first(town)) as client:
        before = client.get("/api/admin/insights").json()
        assert send_everything_again(town.stack.bootstrap_servers) > 30
        eventually(lambda: client.get("/api/admin/insights").json()["behind"] == 0, "it has read all of it")
    assert before["complete"]
    agrees(town, first(town), figures)
    assert first(town).stop() == 0
    first(town).start()
    agrees(town, first(town), figures)
