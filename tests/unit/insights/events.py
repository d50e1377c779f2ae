"""Events of jobs, as records that Kafka gives."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import STATUS_HEADER, JobLifecycle, Status

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = f"sha256:{'0' * 64}"


def numbered(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(UUID(int=0), name)


def lifecycle(job_id: str, status: Status, at: datetime = NOON, *, run: int = 1, job_type: str = "a-type") -> Message:
    """A run's state, at a moment."""
    event = JobLifecycle(
        job_id=job_id,
        run=run,
        seq=1,
        job_type=job_type,
        status=status,
        priority=5,
        attempt=1,
        max_attempts=3,
        finished_at=at if status.terminal else None,
        at=at + timedelta(seconds=30),
    )
    return envelope.write(
        event, ce_id=numbered("x"), source="test", at=at, extra=((STATUS_HEADER, status.value.encode()),)
    )


def created(
    name: str, at: datetime = NOON, *, kind: Kind = Kind.APPROVAL, job_type: str = "a-type", job_id: str = "job-1"
) -> Message:
    """The ask of the checkpoint that is called so."""
    event = CheckpointCreated(
        checkpoint_id=numbered(name),
        job_id=job_id,
        run=1,
        job_type=job_type,
        key=name,
        ask=1,
        kind=kind,
        title="May I?",
        payload="{}",
        payload_digest=DIGEST,
        allowed_decisions=["approve", "reject"],
        handler_version="1",
        requested_by="ana",
        at=at,
    )
    return envelope.write(event, ce_id=numbered("x"), source="test", at=at)


def decided(
    name: str, outcome: Outcome, at: datetime = NOON, *, waited_seconds: float = 60, job_id: str = "job-1"
) -> Message:
    """What became of it."""
    event = CheckpointDecided(
        checkpoint_id=numbered(name),
        job_id=job_id,
        run=1,
        decision_id=numbered(f"decision on {name}"),
        outcome=outcome,
        payload_digest=DIGEST,
        decided_by=["ben"],
        waited_ms=waited_seconds * 1000,
        at=at,
        signed="{}",
        signature="x",
        key_id="key-1",
    )
    return envelope.write(event, ce_id=numbered("x"), source="test", at=at)


def record(message: Message) -> Record:
    """As it is read."""
    key = None if message.key is None else message.key.encode()
    return Record(message.topic, 0, 0, key, message.value, message.headers, 0)
