"""The services as processes, any number of replicas of each, on real PostgreSQL and a broker of the caller's."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from sluicegate_dev.keys import make_keys
from sluicegate_dev.services import (
    API,
    CHECKPOINT_SVC,
    INSIGHTS,
    PROCESSES,
    SERVICES,
    WORKER,
    Service,
    Surroundings,
    settings_of,
)
from tests.support.databases import Databases
from tests.support.plain_http import NO_CERTIFICATES
from tests.support.replica import Replica
from tests.support.waiting import NeverHappened, eventually

ENDED = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled"})

QUICK = {
    "SLUICEGATE_ANSWER_FIRST_SECONDS": "1",
    "SLUICEGATE_ANSWER_MAX_SECONDS": "4",
    "SLUICEGATE_HEARTBEAT_SECONDS": "0.5",
    "SLUICEGATE_KAFKA_FETCH_WAIT_MAX_MS": "20",
    "SLUICEGATE_KAFKA_SESSION_TIMEOUT_MS": "2000",
    "SLUICEGATE_LEASE_SECONDS": "3",
    "SLUICEGATE_OUTBOX_CLAIM_SECONDS": "2",
    "SLUICEGATE_POLL_INTERVAL_SECONDS": "0.5",
    "SLUICEGATE_REPORT_FIRST_SECONDS": "5",
    "SLUICEGATE_RETRY_BASE_SECONDS": "0.2",
    "SLUICEGATE_RETRY_MAX_SECONDS": "1",
    "SLUICEGATE_STATUS_INTERVAL_SECONDS": "1",
    "SLUICEGATE_SWEEP_INTERVAL_SECONDS": "0.2",
}
"""What takes seconds to hours in production takes a second here; a test overrides what it is about."""


def directly(url: str) -> Mapping[str, str]:
    """A service reaches its database without anything between."""
    return {"SLUICEGATE_DATABASE_URL": url}


class Stack:
    """A context manager: whatever it started has ended when it is left."""

    def __init__(
        self,
        folder: Path,
        databases: Databases,
        bootstrap_servers: str,
        *,
        settings: Mapping[str, str] | None = None,
        handlers: str | None = None,
        python_path: Path | None = None,
        reached_by: Callable[[str], Mapping[str, str]] = directly,
    ) -> None:
        """`settings` are environment variables for every replica; `handlers` names modules on `python_path`.

        `reached_by` gives those that lead a service to its database, of which it is given the URL.
        """
        self.folder = folder
        self.workspace = folder / "workspace"
        self.workspace.mkdir(parents=True, exist_ok=True)
        self.keys = make_keys(folder / "keys")
        self.replicas: dict[str, list[Replica]] = {service.name: [] for service in PROCESSES}
        self.bootstrap_servers = bootstrap_servers
        self._databases = databases
        self._names = {s.name: databases.of(s.name.removesuffix("-svc")) for s in SERVICES}
        self.database_urls = {
            name: databases.url(database, service=name.removesuffix("-svc")) for name, database in self._names.items()
        }
        self._settings = {**QUICK, **(settings or {})}
        self._reached_by = reached_by
        self._worker_settings = {
            **({"SLUICEGATE_HANDLERS": handlers} if handlers else {}),
            **({"PYTHONPATH": str(python_path)} if python_path else {}),
        }

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, *_: object) -> None:
        for replicas in self.replicas.values():
            for replica in replicas:
                if replica.runs:
                    replica.kill()
        for database in self._names.values():
            self._databases.server.drop_database(database)

    @property
    def api(self) -> Replica:
        """The first replica."""
        return self.replicas[API.name][0]

    @property
    def worker(self) -> Replica:
        """The first replica."""
        return self.replicas[WORKER.name][0]

    @property
    def workers(self) -> Sequence[Replica]:
        """All replicas."""
        return self.replicas[WORKER.name]

    @property
    def checkpoint_svc(self) -> Replica:
        """The first replica."""
        return self.replicas[CHECKPOINT_SVC.name][0]

    def start(self, *, api: int = 1, worker: int = 1, checkpoint_svc: int = 1, insights: int = 0) -> None:
        """That many replicas of each; returns when all are ready."""
        wanted = ((API, api), (WORKER, worker), (CHECKPOINT_SVC, checkpoint_svc), (INSIGHTS, insights))
        for service, count in wanted:
            for _ in range(count):
                self.add(service).start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until every replica says that it is."""
        for replicas in self.replicas.values():
            for replica in replicas:
                replica.wait_until_ready()

    def add(self, service: Service, **settings: str) -> Replica:
        """One more replica, not started."""
        replicas = self.replicas[service.name]
        around = Surroundings(
            self.bootstrap_servers, self.database_urls, self.keys, self.workspace, {**self._settings, **settings}
        )
        own = dict(self._worker_settings) if service is WORKER else {}
        if service.database:
            own.update(self._reached_by(self.database_urls[service.name]))
        name = f"{service.name}-{len(replicas) + 1}"
        replica = Replica(service, name, {**settings_of(service, around), **own}, self.folder)
        replicas.append(replica)
        return replica

    def client(self, replica: Replica, who: str | None = "submitter") -> httpx.Client:
        """HTTP to one replica as `submitter`, `approver`, `admin` or nobody."""
        headers = {"authorization": f"Bearer {self.keys.api_keys[who]}"} if who else {}
        return httpx.Client(base_url=replica.url, headers=headers, timeout=40, trust_env=False, verify=NO_CERTIFICATES)

    def submit(self, job_type: str, input_data: Mapping[str, Any], **more: Any) -> str:
        """Enqueues a job as `submitter`; its id."""
        body = {"jobType": job_type, "taskDescription": f"a test of {job_type}", "inputData": input_data, **more}
        with self.client(self.api) as client:
            response = client.post("/api/agent-jobs", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["jobId"])

    def job(self, job_id: str) -> dict[str, Any] | None:
        """The job as the api shows it; None while it knows none."""
        with self.client(self.api) as client:
            response = client.get(f"/api/agent-jobs/{job_id}")
        if response.status_code == 404:
            return None
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def wait_for_job(self, job_id: str, *statuses: str, within_seconds: float = 90) -> dict[str, Any]:
        """The job, once the api shows it in one of the statuses (any end if none is named)."""
        wanted = frozenset(statuses) or ENDED

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job is not None and job["status"] in wanted else None

        return eventually(look, f"{job_id} is {' or '.join(sorted(wanted))}", within_seconds=within_seconds)

    def wait_for_checkpoint(self, job_id: str, *, within_seconds: float = 90) -> str:
        """The id of the checkpoint that the job waits for, once checkpoint-svc shows it as pending."""

        def look() -> str | None:
            with self.client(self.checkpoint_svc, "approver") as client:
                response = client.get(
                    "/api/admin/agent-checkpoints", params={"jobId": job_id, "kind": "approval", "state": "pending"}
                )
            assert response.status_code == 200, response.text
            items = response.json()["items"]
            return str(items[0]["checkpointId"]) if items else None

        return eventually(look, f"{job_id} waits at a checkpoint", within_seconds=within_seconds)

    def approve(self, checkpoint_id: str) -> httpx.Response:
        """As `approver`."""
        with self.client(self.checkpoint_svc, "approver") as client:
            return client.post(f"/api/admin/agent-checkpoints/{checkpoint_id}")

    def reject(self, checkpoint_id: str, reason: str = "not like this") -> httpx.Response:
        """As `approver`."""
        with self.client(self.checkpoint_svc, "approver") as client:
            return client.delete(f"/api/admin/agent-checkpoints/{checkpoint_id}", params={"reason": reason})

    def cancel(self, job_id: str) -> httpx.Response:
        """As `submitter`."""
        with self.client(self.api) as client:
            return client.patch(f"/api/agent-jobs/{job_id}", json={"action": "cancel"})

    def rows(self, service: Service, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What a query finds in the service's own database."""
        with psycopg.connect(self.database_urls[service.name], row_factory=dict_row) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def outboxes(self) -> dict[str, int]:
        """How many rows each service's outbox holds: to publish, or waiting for an answer."""
        return {s.name: int(self.rows(s, "SELECT count(*) AS n FROM outbox")[0]["n"]) for s in SERVICES}

    def wait_until_answered(self, *, within_seconds: float = 90) -> None:
        """Until every outbox is empty: all is published, nothing waits for an answer."""
        try:
            eventually(
                lambda: not any(self.outboxes().values()), "all outboxes are empty", within_seconds=within_seconds
            )
        except NeverHappened as error:
            left = "SELECT answer_key, topic, key, sends, claimed_until FROM outbox LIMIT 5"
            raise NeverHappened(f"{error}; {[(s.name, self.rows(s, left)) for s in SERVICES]}") from error
