"""A worker that sleeps longer than its lease and wakes up: its runs have gone on elsewhere, and it may touch none."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluicegate_dev.services import API, WORKER
from tests.e2e.conftest import TownFactory
from tests.e2e.people import Plan
from tests.e2e.town import Town
from tests.support.replica import Replica
from tests.support.waiting import eventually

HELD = 6
LOST = "lease lost"


@pytest.fixture(scope="module")
def town(make_town: TownFactory) -> Town:
    """Two workers with room for everything, and a lease that one which is merely slow does not lose."""
    return make_town(
        SLUICEGATE_LEASE_SECONDS="4", SLUICEGATE_HEARTBEAT_SECONDS="0.2", SLUICEGATE_MAX_CONCURRENT_JOBS="20"
    )


def test_a_worker_that_wakes_up_after_its_runs_have_ended_elsewhere_changes_nothing(town: Town, tmp_path: Path) -> None:
    jobs = _begin(town, tmp_path / "release")
    zombie = _pause_one(town, jobs)
    (tmp_path / "release").touch()
    town.wait_for_ends()
    before = _left_behind(town, jobs)
    _wake(town, zombie)
    assert _left_behind(town, jobs) == before
    town.check()


def test_a_worker_that_wakes_up_while_its_runs_go_on_elsewhere_changes_nothing(town: Town, tmp_path: Path) -> None:
    jobs = _begin(town, tmp_path / "release")
    zombie = _pause_one(town, jobs)
    owners = _owners(town, jobs)
    _wake(town, zombie)
    assert _owners(town, jobs) == owners
    (tmp_path / "release").touch()
    town.wait_for_ends()
    told = [each for each in town.evidence().lifecycles if each.job_id in jobs and each.attempt == 2]
    assert told
    assert not any(_is_by(zombie, each.worker_id) for each in told)
    town.check()


def test_jobs_end_right_wherever_the_workers_stood_when_they_fell_asleep(town: Town) -> None:
    for number in range(4):
        sleeper = town.stack.workers[number % 2]
        losses = _said(sleeper, LOST)
        town.submit_mixture(6)
        sleeper.pause()
        town.submit_gated(Plan.APPROVE)
        eventually(lambda: not _lease_holds(town, sleeper), "its lease has run out")  # noqa: B023
        sleeper.resume()
        eventually(lambda: _said(sleeper, LOST) > losses, "it finds its lease gone")  # noqa: B023
    town.wait_for_ends()
    town.check()


def _begin(town: Town, release: Path) -> list[str]:
    """Jobs that run, on both workers, until `release` is there."""
    jobs = [town.submit("witness-held", {"until": str(release)}, "succeeded") for _ in range(HELD)]
    for job in jobs:
        town.stack.wait_for_job(job, "running")
    return jobs


def _pause_one(town: Town, jobs: list[str]) -> Replica:
    """A worker that sleeps since it had some of the jobs. The other one runs them all now."""
    before = _owners(town, jobs)
    zombie = next(worker for worker in town.stack.workers if any(_is_by(worker, owner) for owner, _ in before.values()))
    its_jobs = {job for job, (owner, _) in before.items() if _is_by(zombie, owner)}
    zombie.pause()

    def taken_over() -> bool:
        return all(owner and not _is_by(zombie, owner) for owner, _ in _owners(town, jobs).values())

    eventually(taken_over, "the other worker has taken over")
    assert {job for job, (_, attempt) in _owners(town, jobs).items() if attempt == 2} == its_jobs
    return zombie


def _wake(town: Town, zombie: Replica) -> None:
    """Let it go on, until it has left everything that it had in hand."""
    losses, woken_at = _said(zombie, LOST), datetime.now(UTC)
    zombie.resume()
    eventually(lambda: _said(zombie, LOST) > losses, "it finds its lease gone")
    statuses = "SELECT worker_id FROM worker_replicas WHERE at > %s AND active_jobs = 0"

    def idle() -> bool:
        return any(_is_by(zombie, row["worker_id"]) for row in town.stack.rows(API, statuses, woken_at))

    eventually(idle, "it says that it runs nothing")


def _owners(town: Town, jobs: list[str]) -> dict[str, tuple[str | None, int]]:
    """Who runs each job, in which attempt."""
    rows = town.stack.rows(WORKER, "SELECT job_id, worker_id, attempt FROM runs WHERE job_id = ANY(%s)", jobs)
    return {row["job_id"]: (row["worker_id"], row["attempt"]) for row in rows}


def _left_behind(town: Town, jobs: list[str]) -> list[Any]:
    """All that the worker's tables and its topic hold of these jobs.

    Without the number of the last lifecycle: who is asked for the latest state tells it again under a new one, and a
    worker that wakes up may have been asked before it fell asleep.
    """
    tables = [
        town.stack.rows(WORKER, f"SELECT * FROM {table} WHERE job_id = ANY(%s) ORDER BY job_id", jobs)
        for table in ("runs", "past_runs", "journal", "requests")
    ]
    for run in tables[0]:
        del run["seq"]
    told = {
        (each.job_id, each.run, each.status, each.attempt, each.worker_id, each.lost_worker_id, str(each.result))
        for each in town.evidence().lifecycles
        if each.job_id in jobs
    }
    return [*tables, told]


def _lease_holds(town: Town, worker: Replica) -> bool:
    rows = town.stack.rows(WORKER, "SELECT worker_id FROM replicas WHERE lease_until > clock_timestamp()")
    return any(_is_by(worker, row["worker_id"]) for row in rows)


def _is_by(worker: Replica, worker_id: str | None) -> bool:
    return worker_id is not None and worker_id.endswith(f"-{worker.child.pid}")


def _said(worker: Replica, event: str) -> int:
    return worker.log.read_text().count(event)
