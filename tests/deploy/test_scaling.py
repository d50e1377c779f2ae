"""The autoscaler's question, asked for real: how many replicas become of the jobs that are ready."""

from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sluicegate_kit.access.roles import Role
from sluicegate_kit.kafka.memory import MemoryBroker
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.worker_status import QueueDepth
from tests.deploy.rendered import Manifest, manifest
from tests.integration.api.replica import Replica, found, running
from tests.support.callers import bearer
from tests.unit.api.samples import request, snapshot, status

pytestmark = pytest.mark.anyio
SCALED = manifest("full", "ScaledObject", "worker")
(TRIGGER,) = SCALED["spec"]["triggers"]
ASKED = urlsplit(TRIGGER["metadata"]["url"])


def replicas(scaled: Manifest, demand: float) -> int:
    """KEDA hands the number on as an external metric of type AverageValue, from which the HorizontalPodAutoscaler makes
    demand / target, rounded up, within the bounds."""
    spec = scaled["spec"]
    (trigger,) = spec["triggers"]
    wanted = ceil(demand / float(trigger["metadata"]["targetValue"]))
    return int(max(spec["minReplicaCount"], min(wanted, spec["maxReplicaCount"])))


async def asked(api: Replica) -> int:
    """The number, found as the metrics-api scaler finds it, by a caller with the least of all roles."""
    assert (TRIGGER["type"], TRIGGER["metadata"]["authMode"]) == ("metrics-api", "bearer")
    answer = await api.http.get(ASKED.path, headers=bearer(Role.VIEWER.value))
    assert answer.status_code == 200
    number: int = found(answer)[TRIGGER["metadata"]["valueLocation"]]
    return number


@pytest.mark.parametrize(("ready", "expected"), [(0, 1), (10, 4), (1000, 334)])
async def test_jobs_that_are_ready_make_replicas(api_database: str, tmp_path: Path, ready: int, expected: int) -> None:
    async with running(api_database, tmp_path, MemoryBroker()) as api:
        api.publish(*(snapshot(1, Status.QUEUED, job_id=job, requested=request(job)) for job in map(str, range(ready))))
        await api.until(ASKED.path, lambda fleet: fleet["ready"] == ready)
        demand = await asked(api)
    assert demand == ready
    assert replicas(SCALED, demand) == expected


async def test_jobs_at_work_count_like_those_that_are_ready(api_database: str, tmp_path: Path) -> None:
    async with running(api_database, tmp_path, MemoryBroker()) as api:
        queue = [
            QueueDepth(job_type="simple-task", state="ready", count=4),
            QueueDepth(job_type="simple-task", state="waiting", count=900),
        ]
        api.publish(status("w1", active_jobs=3, queue=queue), status("w2", active_jobs=3))
        await api.until(ASKED.path, lambda fleet: len(fleet["replicas"]) == 2)
        assert replicas(SCALED, await asked(api)) == 4


def test_a_replica_is_counted_on_for_as_many_jobs_as_it_has_slots() -> None:
    (worker,) = manifest("full", "Deployment", "worker")["spec"]["template"]["spec"]["containers"]
    variables = {entry["name"]: entry.get("value") for entry in worker["env"]}
    assert TRIGGER["metadata"]["targetValue"] == variables["SLUICEGATE_MAX_CONCURRENT_JOBS"]


def test_the_number_of_replicas_is_the_autoscalers_alone() -> None:
    assert "replicas" not in manifest("full", "Deployment", "worker")["spec"]
    assert manifest("strict", "Deployment", "worker")["spec"]["replicas"] == 4


def test_the_address_is_that_of_the_apis_service() -> None:
    service = manifest("full", "Service", "api")
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    assert (ASKED.scheme, ASKED.hostname) == ("http", f"{name}.{namespace}.svc")
    assert [port["port"] for port in service["spec"]["ports"]] == [80]
    reference = manifest("full", "TriggerAuthentication", "worker")
    assert TRIGGER["authenticationRef"]["name"] == reference["metadata"]["name"]
    assert [each["parameter"] for each in reference["spec"]["secretTargetRef"]] == ["token"]
