"""Events as the other services send them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sluicegate_api.domain.asked import asked
from sluicegate_api.domain.idempotency import Once
from sluicegate_api.domain.silence import Silence
from sluicegate_api.operations.project_lifecycle import ProjectLifecycle
from sluicegate_api.operations.submit import Submit
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.job_lifecycle import Answer, JobLifecycle, Status
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_schemas.worker_status import HandlerInfo, QueueDepth, ReplicaState, WorkerStatus
from tests.unit.api.ledger import START

SILENCE = Silence()
JOB = "job-1"


def numbered(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(UUID(int=0), name)


def request(job_id: str = JOB, **fields: object) -> JobRequested:
    """A small request."""
    data = {"jobId": job_id, "jobType": "simple-task", "taskDescription": "Test task", "requestedBy": "ana"}
    return JobRequested.model_validate(data | fields)


def submit(job_id: str = JOB, once: Once | None = None) -> Submit:
    """What a POST writes."""
    event = request(job_id)
    message = envelope.write(event, ce_id=numbered(job_id), source="test", at=START)
    return Submit(asked(event, b"{}"), event.job_type, message, once, SILENCE)


def snapshot(
    seq: int,
    status: Status = Status.RUNNING,
    *,
    job_id: str = JOB,
    run: int = 1,
    answers: list[Answer] | None = None,
    requested: JobRequested | None = None,
    at: datetime | None = None,
) -> JobLifecycle:
    """A lifecycle; its time follows its `seq`."""
    return JobLifecycle(
        job_id=job_id,
        run=run,
        seq=seq,
        job_type="simple-task",
        status=status,
        priority=5,
        attempt=1,
        max_attempts=3,
        answers=answers,
        request=requested,
        running_ms=float(seq),
        at=at or START + timedelta(seconds=seq),
    )


def projected(event: JobLifecycle) -> ProjectLifecycle:
    """What its record asks for."""
    return ProjectLifecycle(event, event.to_json(), SILENCE)


def created(name: str = "review", kind: Kind = Kind.APPROVAL) -> CheckpointCreated:
    """An ask."""
    return CheckpointCreated(
        checkpoint_id=numbered(name),
        job_id=JOB,
        run=1,
        job_type="simple-task",
        key=name,
        ask=1,
        kind=kind,
        title=f"Please {name}",
        payload="{}",
        payload_digest="sha256:" + "0" * 64,
        allowed_decisions=["approve", "reject"],
        handler_version="1",
        requested_by="ana",
        at=START,
    )


def decided(name: str = "review", outcome: Outcome = Outcome.APPROVED, decision: str = "yes") -> CheckpointDecided:
    """A decision; the api does not look at the signature."""
    return CheckpointDecided(
        checkpoint_id=numbered(name),
        job_id=JOB,
        run=1,
        decision_id=numbered(decision),
        outcome=outcome,
        payload_digest="sha256:" + "0" * 64,
        decided_by=["ben"],
        waited_ms=1,
        at=START,
        signed="",
        signature="",
        key_id="k",
    )


def status(
    worker_id: str = "w1",
    *,
    fleet_version: int = 0,
    at: datetime = START,
    state: ReplicaState = ReplicaState.READY,
    active_jobs: int = 0,
    queue: list[QueueDepth] | None = None,
    schema: Mapping[str, object] | None = None,
) -> WorkerStatus:
    """What a replica says."""
    handlers = [HandlerInfo.model_validate({"jobType": "simple-task", "version": "1", "inputSchema": schema or {}})]
    return WorkerStatus(
        worker_id=worker_id,
        version="0.1",
        state=state,
        slots=3,
        active_jobs=active_jobs,
        handlers=handlers,
        fleet_version=fleet_version,
        queue=queue,
        at=at,
    )
