"""The fleet over HTTP."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_schemas.worker_status import QueueDepth, ReplicaState
from tests.integration.api.replica import Replica, found, running
from tests.support.callers import bearer
from tests.unit.api.ledger import START
from tests.unit.api.samples import status

pytestmark = pytest.mark.anyio
WORKER = "/api/admin/agent-worker"


async def test_a_start_is_published_and_confirmed_by_a_replica(api: Replica) -> None:
    assert found(await api.http.get(WORKER))["desired"] == "stopped"
    answer = await api.http.post(WORKER, headers=bearer("operator"))
    assert (answer.status_code, found(answer)["desired"], found(answer)["confirmed"]) == (202, "started", False)
    (event,) = api.sent("fleet-control")
    assert (event["version"], event["desired"], event["requestedBy"]) == (1, "started", "operator")
    api.publish(status(fleet_version=1))
    await api.until(WORKER, lambda fleet: fleet["confirmed"])
    assert found(await api.http.delete(WORKER))["desired"] == "stopped"
    assert [event["desired"] for event in api.sent("fleet-control")] == ["started", "stopped"]


async def test_the_fleet_shows_replicas_queue_and_demand(api: Replica) -> None:
    queue = [
        QueueDepth(job_type="simple-task", state="ready", count=4, oldest_ready_at=START),
        QueueDepth(job_type="simple-task", state="waiting", count=9),
        QueueDepth(job_type="code-review", state="ready", count=1),
    ]
    api.publish(status("w1", active_jobs=2, queue=queue), status("w2", active_jobs=1))
    fleet = await api.until(WORKER, lambda fleet: len(fleet["replicas"]) == 2)
    assert (fleet["demand"], fleet["ready"], fleet["activeJobs"]) == (8, 5, 3)
    assert fleet["unhandledJobTypes"] == ["code-review"]
    assert fleet["queueFrom"] == "workers"
    assert fleet["oldestReadySeconds"] > 0
    assert {replica["workerId"]: replica["jobTypes"] for replica in fleet["replicas"]} == {
        "w1": ["simple-task"],
        "w2": ["simple-task"],
    }


async def test_ready_jobs_of_a_stopped_fleet_are_no_demand(api: Replica) -> None:
    api.publish(status(active_jobs=2, queue=[QueueDepth(job_type="simple-task", state="ready", count=4)]))
    await api.until(WORKER, lambda fleet: fleet["demand"] == 6)
    stopped = found(await api.http.delete(WORKER))
    assert (stopped["demand"], stopped["ready"]) == (2, 4)
    started = found(await api.http.post(WORKER))
    assert started["demand"] == 6


async def test_without_replicas_the_demand_comes_from_the_jobs_themselves(api: Replica) -> None:
    await api.submitted()
    fleet = found(await api.http.get(WORKER))
    assert (fleet["demand"], fleet["queueFrom"], fleet["unhandledJobTypes"]) == (1, "projection", ["simple-task"])


async def test_the_environment_starts_a_fleet_that_nobody_has_stopped(api_database: str, tmp_path: Path) -> None:
    async with running(api_database, tmp_path, MemoryBroker(), ENABLE_AGENT_WORKER=True) as api:
        assert found(await api.http.get(WORKER))["desired"] == "started"
        await api.http.delete(WORKER)
    async with running(api_database, tmp_path, MemoryBroker(), ENABLE_AGENT_WORKER=True) as api:
        assert found(await api.http.get(WORKER))["desired"] == "stopped"


async def test_only_operators_start_and_stop(api: Replica) -> None:
    for role, expected in (("viewer", 403), ("submitter", 403), ("approver", 403), ("operator", 202)):
        assert (await api.http.post(WORKER, headers=bearer(role))).status_code == expected


async def test_the_fleet_is_shown_as_metrics_also_when_nobody_is_left_to_speak(api: Replica) -> None:
    def shown() -> tuple[float | None, ...]:
        value = api.service.metrics.registry.get_sample_value
        live = (value("sluicegate_live_replicas", {"state": state}) for state in ("ready", "draining"))
        return (value("sluicegate_fleet_started"), *live)

    await api.service.passes.follow_workers()
    assert shown() == (0, 0, 0)
    await api.http.post(WORKER)
    api.publish(status("w1"), status("w2"), status("w3", state=ReplicaState.DRAINING))
    await api.until(WORKER, lambda fleet: len(fleet["replicas"]) == 3)
    await api.service.passes.follow_workers()
    assert shown() == (1, 2, 1)
    async with api.service.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE worker_replicas SET heard_at = heard_at - interval '21 seconds'"))
    await api.service.passes.follow_workers()
    assert shown() == (1, 0, 0)
