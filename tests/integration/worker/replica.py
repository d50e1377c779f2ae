"""Worker replicas on real PostgreSQL and the in-memory broker, and the other services as a test plays them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import orjson
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.rows import dict_row

from sluicegate.registry import load_handlers
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from sluicegate_kit.lifecycle import Component
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas import envelope, mac, signature
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome, SignedDecision
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.fleet_control import Desired, FleetControl
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import Action, JobControl
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_schemas.model import Event
from sluicegate_schemas.payload import digest
from sluicegate_schemas.topics import (
    CHECKPOINT_CREATED,
    DEAD_LETTER,
    JOB_LIFECYCLE,
    JOB_REQUESTED,
    WORKER_STATUS,
    Topic,
)
from sluicegate_schemas.worker_status import ReplicaState, WorkerStatus
from sluicegate_worker.bootstrap import GROUP, TOPICS, Service, assemble
from sluicegate_worker.settings import WorkerSettings

E = TypeVar("E", bound=Event)

DEADLINE_SECONDS = 30
MAC_KEY = b"m" * 32
KEY_ID = "test-1"


@dataclass
class Town:
    """The broker, the database, and what the api and checkpoint-svc would do."""

    url: str
    folder: Path
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seals_with: mac.Keys = (MAC_KEY,)
    controls: int = 0

    def __post_init__(self) -> None:
        (self.folder / "mac").write_bytes(MAC_KEY)
        entry = signature.key_set_entry(KEY_ID, self.key.public_key())
        (self.folder / "keys.json").write_bytes(orjson.dumps({"keys": [entry]}))
        (self.folder / "workspace").mkdir(exist_ok=True)

    # Replicas

    @asynccontextmanager
    async def replica(self, *, idle: bool = False, **settings: Any) -> AsyncIterator[Service]:
        """A replica, from when it is ready (or, if `idle`, only started) to its drained end."""
        service = self.assembled(**settings)
        started: list[Component] = []
        try:
            for component in service.components():
                await component.start()
                started.append(component)
            if not idle:
                await self.until(lambda: service.replica.state is ReplicaState.READY, "the replica is ready")
            yield service
        finally:
            for component in reversed(started):
                await component.stop()

    def assembled(self, **settings: Any) -> Service:
        """A replica that is not started."""
        values: dict[str, Any] = {
            "database_url": self.url,
            "kafka_bootstrap_servers": "memory",
            "mac_key_file": self.folder / "mac",
            "decision_keys_file": self.folder / "keys.json",
            "workspace": self.folder / "workspace",
            "worker_id": "w1",
            "max_concurrent_jobs": 10,
            "poll_interval_seconds": 0.2,
            "lease_seconds": 2,
            "heartbeat_seconds": 0.2,
            "status_interval_seconds": 0.2,
            "retry_base_seconds": 0.1,
            "grace_seconds": 5,
        }
        chosen = WorkerSettings(**(values | settings))
        return assemble(
            chosen,
            MemoryProducer(self.broker),
            MemoryConsumer(self.broker, GROUP, [topic.name for topic in TOPICS], poll_seconds=0.05),
            load_handlers(["tests.integration.worker.handlers"]),
            Metrics(),
        )

    # The api

    def send(self, event: Event, *, source: str = "sluicegate/api", sealed: bool = False) -> Message:
        """Produce an event."""
        extra = ((mac.HEADER, mac.sign(event.to_json(), self.seals_with)),) if sealed else ()
        message = envelope.write(event, ce_id=new_id(), source=source, at=datetime.now(UTC), extra=extra)
        self.broker.append(message)
        return message

    def repeat(self, topic: Topic) -> None:
        """Deliver everything on a topic once more."""
        for record in self.broker.records(topic.name):
            key = None if record.key is None else record.key.decode()
            self.broker.append(Message(record.topic, key, record.value or b"", record.headers))

    def submit(self, job_id: str, job_type: str, *, sealed: bool = True, **fields: Any) -> JobRequested:
        """Request a job."""
        data = {"input_data": {}, "requested_by": "ana"} | fields
        request = JobRequested(job_id=job_id, job_type=job_type, task_description="test", **data)
        self.send(request, sealed=sealed, source="sluicegate/api" if sealed else "crm")
        return request

    def bare(self, **data: Any) -> None:
        """A bare JSON value, as a foreign system sends it."""
        self.broker.append(Message(JOB_REQUESTED.name, None, json.dumps(data).encode()))

    def fleet(self, desired: Desired = Desired.STARTED, version: int = 1) -> None:
        """Start or stop the fleet."""
        self.send(FleetControl(version=version, desired=desired, requested_by="ops", at=datetime.now(UTC)))

    def control(self, job_id: str, action: Action, *, run: int | None = None, seq: int | None = None) -> UUID:
        """Cancel, retry or report."""
        self.controls += 1
        event = JobControl(
            control_id=new_id(),
            control_seq=None if action is Action.REPORT else seq or self.controls,
            job_id=job_id,
            run=run,
            action=action,
            requested_by="ana",
            at=datetime.now(UTC),
        )
        self.send(event)
        return event.control_id

    # checkpoint-svc

    def decide(
        self,
        asked: CheckpointCreated,
        outcome: Outcome = Outcome.APPROVED,
        *,
        edited: str | None = None,
        about: str | None = None,
        key: Ed25519PrivateKey | None = None,
        **swapped: Any,
    ) -> CheckpointDecided:
        """Sign a decision and publish it; `swapped` are fields that somebody changed on the way."""
        now = datetime.now(UTC)
        signed = SignedDecision(
            checkpoint_id=asked.checkpoint_id,
            job_id=asked.job_id,
            run=asked.run,
            decision_id=new_id(),
            outcome=outcome,
            payload_digest=about or asked.payload_digest,
            edited_digest=None if edited is None else digest(edited.encode()),
            at=now,
            key_id=KEY_ID,
        )
        text, seal = signature.sign(signed, key or self.key)
        fields: dict[str, Any] = signed.model_dump() | {
            "edited_payload": edited,
            "decided_by": ["ben"],
            "reason": "because",
            "waited_ms": 1.0,
            "signed": text,
            "signature": seal,
        }
        event = CheckpointDecided(**(fields | swapped))
        self.send(event, source="sluicegate/checkpoint-svc")
        return event

    # What came out

    def events(self, topic: str, model: type[E]) -> list[E]:
        """All events of a topic, each read as its contract says."""
        found = []
        for record in self.broker.records(topic):
            data = envelope.read(model, record.value, record.headers).data
            assert isinstance(data, model)
            found.append(data)
        return found

    def lifecycles(self, job_id: str) -> list[JobLifecycle]:
        """Of one job, in the order in which they left."""
        return [one for one in self.events(JOB_LIFECYCLE.name, JobLifecycle) if one.job_id == job_id]

    async def write(self, statement: str, *params: Any) -> None:
        """Change what the database holds."""
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            await connection.execute(statement, params)

    async def ended(self) -> int:
        """How many runs are terminal."""
        (row,) = await self.rows("SELECT count(*) AS number FROM runs WHERE finished_at IS NOT NULL")
        return int(row["number"])

    def asked(self, job_id: str) -> list[CheckpointCreated]:
        """The checkpoints of one job."""
        return [one for one in self.events(CHECKPOINT_CREATED.name, CheckpointCreated) if one.job_id == job_id]

    def dead_letters(self) -> list[str]:
        """Why records were dead-lettered."""
        return [dict(record.headers)["dl_code"].decode() for record in self.broker.records(DEAD_LETTER.name)]

    def statuses(self) -> list[WorkerStatus]:
        """What the replicas said of themselves."""
        return self.events(WORKER_STATUS.name, WorkerStatus)

    async def until(self, condition: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str = "") -> None:
        """Wait until it holds."""
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while True:
                    found = condition()
                    if await found if isinstance(found, Awaitable) else found:
                        return
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not within {DEADLINE_SECONDS} s: {what}") from None

    async def reaches(self, job_id: str, status: Status, *, run: int = 1) -> JobLifecycle:
        """Wait for the lifecycle that says so."""

        def found() -> list[JobLifecycle]:
            return [one for one in self.lifecycles(job_id) if one.status is status and one.run == run]

        await self.until(lambda: bool(found()), f"{job_id} {status}: {[one.status for one in self.lifecycles(job_id)]}")
        return found()[-1]

    async def asks(self, job_id: str, *, count: int = 1) -> CheckpointCreated:
        """Wait for the job's checkpoint."""
        await self.until(lambda: len(self.asked(job_id)) >= count, f"{job_id} asks")
        return self.asked(job_id)[-1]

    async def rows(self, statement: str, *params: Any) -> Sequence[dict[str, Any]]:
        """What the database holds."""
        async with await psycopg.AsyncConnection.connect(self.url, row_factory=dict_row) as connection:
            return await (await connection.execute(statement, params)).fetchall()

    async def run(self, job_id: str) -> dict[str, Any]:
        """The job's row."""
        (row,) = await self.rows("SELECT * FROM runs WHERE job_id = %s", job_id)
        return row
