"""What the api makes of each record that it reads."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sluicegate_api.domain import checkpoints, dead_letters
from sluicegate_api.domain.silence import Silence
from sluicegate_api.operations.hear_replica import HearReplica
from sluicegate_api.operations.keep_dead_letter import KeepDeadLetter
from sluicegate_api.operations.project_checkpoint import RecordAsk, RecordDecision
from sluicegate_api.operations.project_lifecycle import ProjectLifecycle
from sluicegate_kit.kafka.ingest import Subscription
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope, mac
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.job_lifecycle import JobLifecycle
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import (
    CHECKPOINT_CREATED,
    CHECKPOINT_DECIDED,
    DEAD_LETTER,
    JOB_LIFECYCLE,
    WORKER_STATUS,
)
from sluicegate_schemas.worker_status import WorkerStatus

E = TypeVar("E", bound=Event)


def subscriptions(silence: Silence, mac_keys: Callable[[], mac.Keys]) -> tuple[Subscription, ...]:
    """One per topic. Each raises MalformedRecord for a record that is not what its topic carries."""

    def lifecycle(record: Record) -> ProjectLifecycle:
        snapshot, value = _read(JobLifecycle, record)
        return ProjectLifecycle(snapshot, value, silence)

    def dead_letter(record: Record) -> KeepDeadLetter:
        arrived = datetime.fromtimestamp(max(record.timestamp_ms, 0) / 1000, UTC)
        letter = dead_letters.read(record.value, record.headers, arrived)
        return KeepDeadLetter(dead_letters.with_its_job(letter, mac_keys()))

    return (
        Subscription(JOB_LIFECYCLE, lifecycle),
        Subscription(WORKER_STATUS, _status),
        Subscription(CHECKPOINT_CREATED, _created),
        Subscription(CHECKPOINT_DECIDED, _decided),
        Subscription(DEAD_LETTER, dead_letter),
    )


def _status(record: Record) -> HearReplica:
    return HearReplica(_read(WorkerStatus, record)[0])


def _created(record: Record) -> RecordAsk:
    return RecordAsk(checkpoints.ask(_read(CheckpointCreated, record)[0]))


def _decided(record: Record) -> RecordDecision:
    return RecordDecision(checkpoints.decision(_read(CheckpointDecided, record)[0]))


def _read(model: type[E], record: Record) -> tuple[E, bytes]:
    received = envelope.read(model, record.value, record.headers)
    data = received.data
    if not isinstance(data, model):  # pragma: no cover - `read` gives what it was asked for
        raise TypeError(model)
    return data, received.value
