"""The topics: what each carries, how it is kept, who writes, who reads, and who dead-letters what can't be handled."""

from dataclasses import dataclass
from enum import StrEnum

from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.fleet_control import FleetControl
from sluicegate_schemas.job_control import JobControl
from sluicegate_schemas.job_lifecycle import JobLifecycle
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.model import Event
from sluicegate_schemas.worker_status import WorkerStatus

DAY_MS = 86_400_000


class Party(StrEnum):
    """Who touches a topic."""

    API = "api"
    WORKER = "worker"
    CHECKPOINT_SVC = "checkpoint-svc"
    INSIGHTS = "insights"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic and its contract."""

    event: str
    model: type[Event] | None
    """What its values are; None: raw bytes of another topic's record."""
    partitions: int
    retention_ms: int
    writers: frozenset[Party]
    readers: frozenset[Party]
    owner: Party
    """Dead-letters what can't be handled; other readers count and skip."""
    max_message_bytes: int = RECORD_BYTES

    @property
    def name(self) -> str:
        """`sluicegate.<event>.v1`."""
        return f"sluicegate.{self.event}.v1"


def _topic(
    event: str,
    model: type[Event] | None,
    partitions: int,
    days: int,
    writers: set[Party],
    readers: set[Party],
    owner: Party,
) -> Topic:
    return Topic(event, model, partitions, days * DAY_MS, frozenset(writers), frozenset(readers), owner)


API, WORKER, CHECKPOINT_SVC, INSIGHTS, UPSTREAM = Party

JOB_REQUESTED = _topic("job-requested", JobRequested, 4, 7, {API, UPSTREAM}, {WORKER}, WORKER)
JOB_CONTROL = _topic("job-control", JobControl, 4, 7, {API}, {WORKER}, WORKER)
FLEET_CONTROL = _topic("fleet-control", FleetControl, 1, 30, {API}, {WORKER}, WORKER)
JOB_LIFECYCLE = _topic("job-lifecycle", JobLifecycle, 4, 14, {WORKER}, {API, CHECKPOINT_SVC, INSIGHTS, UPSTREAM}, API)
WORKER_STATUS = _topic("worker-status", WorkerStatus, 4, 1, {WORKER}, {API}, API)
CHECKPOINT_CREATED = _topic(
    "checkpoint-created", CheckpointCreated, 4, 14, {WORKER}, {API, CHECKPOINT_SVC, INSIGHTS}, CHECKPOINT_SVC
)
CHECKPOINT_RECORDED = _topic("checkpoint-recorded", CheckpointRecorded, 4, 7, {CHECKPOINT_SVC}, {WORKER}, WORKER)
CHECKPOINT_DECIDED = _topic(
    "checkpoint-decided", CheckpointDecided, 4, 14, {CHECKPOINT_SVC}, {WORKER, API, INSIGHTS}, WORKER
)
DEAD_LETTER = _topic("dead-letter", None, 4, 30, {API, WORKER, CHECKPOINT_SVC}, {API}, API)

TOPICS = (
    JOB_REQUESTED,
    JOB_CONTROL,
    FLEET_CONTROL,
    JOB_LIFECYCLE,
    WORKER_STATUS,
    CHECKPOINT_CREATED,
    CHECKPOINT_RECORDED,
    CHECKPOINT_DECIDED,
    DEAD_LETTER,
)
BY_EVENT = {topic.event: topic for topic in TOPICS}
BY_NAME = {topic.name: topic for topic in TOPICS}


def written_by(party: Party) -> tuple[str, ...]:
    """The names of the topics that a service writes."""
    return tuple(topic.name for topic in TOPICS if party in topic.writers)
