"""/api/metrics: the five series of the contract."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, Status
from tests.integration.api.replica import Replica, running
from tests.unit.api.samples import created, decided, numbered, snapshot, status

pytestmark = pytest.mark.anyio


async def series(api: Replica) -> dict[str, float]:
    """Values by name and label."""
    answer = await api.http.get("/api/metrics")
    assert answer.status_code == 200
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_series_count_what_the_tables_hold_and_agree_on_every_replica(
    api_database: str, tmp_path: Path
) -> None:
    broker = MemoryBroker()
    async with running(api_database, tmp_path, broker) as api:
        await api.submitted()
        applied = Answer(decision_id=numbered("yes"), outcome=AnswerOutcome.APPLIED)
        api.publish(snapshot(50, Status.SUCCEEDED, answers=[applied]), snapshot(2_000, Status.FAILED, job_id="job-2"))
        api.publish(created("review"), created("open"), created("note", Kind.INFO), decided("review"))
        api.publish(status("w1", active_jobs=2))
        await api.until("/api/agent-jobs/job-2", lambda job: job["status"] == "failed")
        await api.until("/api/agent-jobs/job-1", lambda job: job["status"] == "succeeded")
        await api.until("/api/agent-jobs/job-1/checkpoints", _all_three)
        await api.until("/api/admin/agent-worker", lambda fleet: fleet["replicas"])
        found = await series(api)
        await api.service.passes.fold_tallies()
        assert await series(api) == found
        async with running(api_database, tmp_path, broker) as other:
            assert await series(other) == found
    assert {name: value for name, value in found.items() if value} == {
        "agent_jobs_total{queued}": 1,
        "agent_jobs_total{succeeded}": 1,
        "agent_jobs_total{failed}": 1,
        "agent_jobs_duration_seconds_bucket{0.05}": 1,
        "agent_jobs_duration_seconds_bucket{0.1}": 1,
        "agent_jobs_duration_seconds_bucket{0.5}": 1,
        "agent_jobs_duration_seconds_bucket{1.0}": 1,
        **{f"agent_jobs_duration_seconds_bucket{{{le}}}": 2 for le in LATER},
        "agent_jobs_duration_seconds_count": 2,
        "agent_jobs_duration_seconds_sum": 2.05,
        "agent_checkpoints_total{pending}": 1,
        "agent_checkpoints_total{recorded}": 1,
        "agent_checkpoints_total{approved}": 1,
        "agent_checkpoints_pending": 1,
        "agent_worker_active_jobs": 2,
    }


LATER = ("5.0", "10.0", "30.0", "60.0", "300.0", "900.0", "3600.0", "14400.0", "+Inf")


def _all_three(page: dict[str, list[dict[str, object]]]) -> bool:
    return sorted(str(item["state"]) for item in page["items"]) == ["approved", "pending", "recorded"]
