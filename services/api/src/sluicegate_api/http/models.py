"""Shapes of answers, for the OpenAPI document alone."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import JobError, Status


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class WaitingFor(_Shape):
    """The checkpoint that a job waits for."""

    checkpoint_id: UUID
    url: str
    title: str | None = None


class PendingControl(_Shape):
    """A cancel or retry that the workers have not answered yet."""

    control_id: UUID
    action: Action
    run: int
    requested_by: str
    reason: str | None = None
    at: datetime


class JobLinks(_Shape):
    """Where to go from a job."""

    self: str
    checkpoints: str
    events: str
    dead_letter: str | None = None
    """What the job's own request has become, if it could not be handled."""


class JobModel(_Shape):
    """A job."""

    job_id: str
    job_type: str
    task_description: str | None = None
    input_data: dict[str, JsonValue] | None = None
    priority: int
    status: Status
    run: int
    attempt: int
    max_attempts: int
    requested_by: str | None = None
    tags: list[str]
    timeout_seconds: float | None = None
    progress: JsonValue | None = None
    waiting_for: WaitingFor | None = None
    blocked_reason: str | None = None
    pending_control: PendingControl | None = None
    result: JsonValue | None = None
    error: JobError | None = None
    created_at: datetime
    ready_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    updated_at: datetime
    links: JobLinks
