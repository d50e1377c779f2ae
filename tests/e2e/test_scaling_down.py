"""Four workers become one while all are at work, as when the autoscaler takes them away."""

import signal
from pathlib import Path

from sluicegate_dev.services import WORKER
from tests.e2e.conftest import TownFactory
from tests.e2e.people import Plan
from tests.support.waiting import eventually

SLOTS = 3
"""Of each worker."""


def test_no_job_is_lost_and_no_attempt_is_counted(make_town: TownFactory, tmp_path: Path) -> None:
    town = make_town(
        worker=4, checkpoint_svc=1, SLUICEGATE_GRACE_SECONDS="10", SLUICEGATE_MAX_CONCURRENT_JOBS=str(SLOTS)
    )
    stack = town.stack
    stays, *goes = stack.workers
    release = tmp_path / "release"
    for _ in range(4 * SLOTS):
        town.submit("witness-held", {"until": str(release)}, "succeeded")
    at_work = "SELECT worker_id FROM runs WHERE status = 'running' AND owner IS NOT NULL"
    eventually(lambda: len(stack.rows(WORKER, at_work)) == 4 * SLOTS, "every slot of every worker is taken")
    assert len({row["worker_id"] for row in stack.rows(WORKER, at_work)}) == 4
    for _ in range(6):
        town.submit_gated(Plan.APPROVE)

    for replica in goes:
        replica.child.send(signal.SIGTERM)
    for _ in range(6):
        town.submit_gated(Plan.APPROVE)
    assert [replica.wait_until_dead() for replica in goes] == [0, 0, 0]
    assert stays.runs
    release.touch()

    town.wait_for_ends()
    town.check()
    counted = stack.rows(WORKER, "SELECT count(*) AS jobs, max(attempt) AS attempts, max(run) AS runs FROM runs")
    assert counted == [{"jobs": len(town.expected), "attempts": 1, "runs": 1}]
