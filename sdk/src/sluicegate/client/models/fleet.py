"""The workers, as the api shows them."""

from datetime import datetime

from pydantic import Field

from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.model import Part
from sluicegate_schemas.worker_status import QueueDepth, ReplicaState


class Replica(Part):
    """One worker process."""

    worker_id: str
    version: str
    state: ReplicaState
    slots: int
    active_jobs: int
    fleet_version: int
    """The last start or stop that it knows of."""
    job_types: list[str]
    live: bool
    """It spoke lately, so that it can be counted on."""
    last_status_at: datetime


class Fleet(Part):
    """All workers: what they should do, what they do."""

    desired: Desired
    version: int
    """Counts starts and stops; 0: nobody has started it yet."""
    confirmed: bool
    """A replica has said that it knows this version."""
    requested_by: str | None = None
    requested_at: datetime | None = None
    replicas: list[Replica] = Field(default_factory=list)
    active_jobs: int = 0
    queue: list[QueueDepth] = Field(default_factory=list)
    ready: int = 0
    oldest_ready_at: datetime | None = None
    oldest_ready_seconds: float | None = None
    unhandled_job_types: list[str] = Field(default_factory=list)
    """Types that wait and that no live replica does."""
    demand: int = 0
    """Ready and active runs: how many slots would be busy."""
