"""`worker-status`: what one replica is and does, every 5 s and on change."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from sluicegate_schemas.job_requested import JobType
from sluicegate_schemas.model import Event, Part, ShortText, Timestamp


class ReplicaState(StrEnum):
    """Whether a replica takes work."""

    READY = "ready"
    DRAINING = "draining"
    """It finishes what runs and claims nothing new."""
    STOPPED = "stopped"


class HandlerInfo(Part):
    """A job type that the replica can do."""

    job_type: JobType
    version: str
    input_schema: dict[str, JsonValue]


class QueueDepth(Part):
    """How many runs of one type are in one state."""

    job_type: str
    state: str
    count: Annotated[int, Field(ge=0, strict=True)]
    oldest_ready_at: Timestamp | None = None


class WorkerStatus(Event):
    """Sent by every replica; one of them adds `queue`."""

    event: ClassVar = "worker-status"

    worker_id: ShortText
    version: str
    state: ReplicaState
    slots: Annotated[int, Field(ge=0, strict=True)]
    active_jobs: Annotated[int, Field(ge=0, strict=True)]
    handlers: list[HandlerInfo]
    fleet_version: Annotated[int, Field(ge=0, strict=True)]
    queue: list[QueueDepth] | None = None
    at: Timestamp

    def record_key(self) -> str:
        """By replica, so that its reports stay in order."""
        return self.worker_id
