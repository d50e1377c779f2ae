"""The workers, as the api shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.model import Part


class Replica(Part):
    """One worker process."""

    worker_id: str
    version: str | None = None
    state: str
    slots: int
    active_jobs: int
    job_types: list[str] = Field(default_factory=list)
    last_status_at: datetime | None = None
    live: bool = True


class QueueDepth(Part):
    """How many runs of a type are in a state."""

    job_type: str
    state: str
    count: int
    oldest_ready_at: datetime | None = None


class Fleet(Part):
    """All workers: what they should do, what they do."""

    desired: Desired
    version: int | None = None
    replicas: list[Replica] = Field(default_factory=list)
    queue: list[QueueDepth] = Field(default_factory=list)
    oldest_ready_seconds: float | None = None
    unhandled_job_types: list[str] = Field(default_factory=list)
    """Types that wait and that no live replica does."""
    demand: int = 0
    """Ready and active runs: how many slots would be busy."""
    pending_control: UUID | None = None
