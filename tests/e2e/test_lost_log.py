"""Kafka loses everything, with jobs in every state and events of every kind on their way: all jobs end right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluicegate_dev.services import API, CHECKPOINT_SVC, WORKER
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_CONTROL, JOB_REQUESTED
from tests.e2e import log_loss
from tests.e2e.people import Plan
from tests.e2e.town import Town
from tests.e2e.upstream import produce, record
from tests.support.kafka import RealKafka
from tests.support.waiting import eventually

HELD = 6
"""As many as the two workers have slots."""

both_ways = pytest.mark.parametrize("lose", [log_loss.wipe, log_loss.recreate])


@both_ways
def test_jobs_in_every_state_end_right_and_so_does_what_was_on_its_way_to_the_workers(
    town: Town, kafka: RealKafka, lose: Callable[[RealKafka], None], tmp_path: Path
) -> None:
    stack, release = town.stack, tmp_path / "release"
    town.submit("witness-echo", {"value": "ended"}, "succeeded")
    failed = town.submit("witness-flaky", {"failing_runs": 1}, "succeeded", maxAttempts=1)
    undecided, approved, edited, rejected, dropped = [
        town.submit("witness-gated", {"say": say}, "succeeded") for say in ("later", "yes", "other", "no", "never")
    ]
    town.submit_gated(Plan.EXPIRE)
    for job in (undecided, approved, edited, rejected, dropped):
        stack.wait_for_checkpoint(job)
    stack.wait_for_job(failed, "failed")
    soon = datetime.now(UTC) + timedelta(seconds=15)
    town.submit("witness-echo", {"value": "delayed"}, "succeeded", runAt=soon.isoformat())
    delayed = town.submit("witness-echo", {}, "cancelled", runAt="2999-01-01T00:00:00Z")
    unhandled = town.submit("nobody-does-this", {}, "cancelled")
    until = [tmp_path / "never", *[release] * (HELD - 1)]
    running = [town.submit("witness-held", {"until": str(file)}, "succeeded") for file in until]
    for job in running:
        stack.wait_for_job(job, "running")
    town.submit("witness-echo", {"value": "queued behind them"}, "succeeded")

    for worker in stack.workers:
        worker.kill()
    # Nobody reads these any more: they are lost between the broker's acknowledgement and the worker.
    before = {topic: log_loss.records(kafka, topic) for topic in (JOB_REQUESTED, JOB_CONTROL, CHECKPOINT_DECIDED)}
    cancelled = (delayed, unhandled, running[0], dropped)
    for job in cancelled:
        assert stack.cancel(job).status_code == 202
    with stack.client(stack.api) as client:
        assert client.patch(f"/api/agent-jobs/{failed}", json={"action": "retry"}).status_code == 202
    town.expected.update(dict.fromkeys(cancelled, "cancelled") | {rejected: "rejected"})
    town.plans.update({approved: Plan.APPROVE, edited: Plan.EDIT, rejected: Plan.REJECT})
    town.submit("witness-echo", {"value": "unseen"}, "succeeded")
    town.submit_gated(Plan.APPROVE)

    def written() -> bool:
        now = {topic: log_loss.records(kafka, topic) - count for topic, count in before.items()}
        return now[JOB_REQUESTED] >= 2 and now[JOB_CONTROL] >= 5 and now[CHECKPOINT_DECIDED] >= 3

    eventually(written, "the broker has them", every_seconds=0.2)
    lose(kafka)

    for worker in stack.workers:
        worker.start()
    release.touch()
    town.plans[undecided] = Plan.APPROVE
    town.wait_for_ends()
    town.check()


@both_ways
def test_what_was_on_its_way_from_the_workers_arrives_all_the_same(
    town: Town, kafka: RealKafka, lose: Callable[[RealKafka], None]
) -> None:
    """Asks that checkpoint-svc never saw, and whole jobs that the api never heard of."""
    stack = town.stack
    deaf = [*stack.replicas[CHECKPOINT_SVC.name], stack.api]
    for replica in deaf[:-1]:
        replica.kill()
    asked = [town.submit_gated(plan) for plan in Plan]
    town.submit("witness-flaky", {"failing_attempts": 1}, "succeeded")
    _wait_for_runs(town, asked, "waiting")
    stack.api.kill()
    name = f"upstream:{lose.__name__}"
    data = {"jobType": "witness-echo", "taskDescription": "unheard of", "inputData": {"value": 1}}
    gated = {"jobType": "witness-gated", "taskDescription": "unheard of", "inputData": {"say": "hello"}}
    ended, waiting = f"{name}.ended", f"{name}.waiting"
    produce(
        kafka.bootstrap_servers,
        [(ended, *record("bare", {"jobId": ended, **data})), (waiting, *record("bare", {"jobId": waiting, **gated}))],
    )
    town.expected.update({ended: "succeeded", waiting: "succeeded"})
    town.plans[waiting] = Plan.APPROVE
    _wait_for_runs(town, [ended], "succeeded")
    _wait_for_runs(town, [waiting], "waiting")
    lose(kafka)

    for replica in deaf:
        replica.start()
    town.wait_for_ends()
    assert not {ended, waiting} - {row["job_id"] for row in stack.rows(API, "SELECT job_id FROM job_requests")}
    town.check()


def _wait_for_runs(town: Town, jobs: list[str], status: str) -> None:
    query = "SELECT job_id FROM runs WHERE job_id = ANY(%s) AND status = %s"
    eventually(lambda: len(town.stack.rows(WORKER, query, jobs, status)) == len(jobs), f"{jobs} are {status}")
