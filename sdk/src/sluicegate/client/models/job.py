"""A job, as the api shows it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field, JsonValue

from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import JobError, Status
from sluicegate_schemas.model import Part


class WaitingFor(Part):
    """The checkpoint that a waiting job waits for."""

    checkpoint_id: UUID
    url: str
    title: str | None = None
    """None until the api has heard of the checkpoint itself."""


class PendingControl(Part):
    """A cancel or retry that was accepted and that the worker has not answered yet."""

    control_id: UUID
    action: Action
    run: int
    """The run that the caller saw."""
    requested_by: str
    reason: str | None = None
    at: datetime


class Job(Part):
    """One request for work and where it stands."""

    job_id: str
    job_type: str
    task_description: str | None = None
    """None for an upstream job whose request the api has not heard of yet."""
    input_data: dict[str, JsonValue] | None = None
    """Lists leave it out, and `result`."""
    priority: int
    status: Status
    run: int
    """1, 2, …: a retry of an ended job is the next run."""
    attempt: int
    max_attempts: int
    requested_by: str | None = None
    tags: list[str] = Field(default_factory=list)
    timeout_seconds: float | None = None
    progress: JsonValue = None
    waiting_for: WaitingFor | None = None
    blocked_reason: str | None = None
    pending_control: PendingControl | None = None
    result: JsonValue = None
    error: JobError | None = None
    created_at: datetime
    ready_at: datetime | None = None
    """A queued job in the future of this is tried again then."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    updated_at: datetime
    links: dict[str, str] = Field(default_factory=dict)


class Until(StrEnum):
    """What a wait is for."""

    SETTLED = "settled"
    """The job has ended, or waits for a person."""
    ENDED = "ended"
    """The job has ended, however long a person takes."""

    def reached(self, job: Job) -> bool:
        """Whether the job is there. One with a pending cancel or retry is about to leave where it stands."""
        if job.pending_control is not None:
            return False
        return job.status.terminal or (self is Until.SETTLED and job.status is Status.WAITING)
