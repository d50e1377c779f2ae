"""Shapes of answers, for the OpenAPI document alone."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from sluicegate_kit.web.shape import Shape
from sluicegate_schemas.checkpoint_created import Kind, Risk
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_schemas.model import Digest
from sluicegate_schemas.worker_status import ReplicaState


class WaitingFor(Shape):
    """The checkpoint that a job waits for."""

    checkpoint_id: UUID
    url: str
    title: str | None = None


class PendingControl(Shape):
    """A cancel or retry that the workers have not answered yet."""

    control_id: UUID
    action: Action
    run: int
    requested_by: str
    reason: str | None = None
    at: datetime


class JobFailure(Shape):
    """Why an attempt failed."""

    type: str
    message: str
    retryable: bool


class JobLinks(Shape):
    """Where to go from a job."""

    self: str
    checkpoints: str
    events: str
    dead_letter: str | None = None
    """What the job's own request has become, if it could not be handled."""


class JobModel(Shape):
    """A job. Lists leave its input and result out."""

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
    progress: Any = None
    waiting_for: WaitingFor | None = None
    blocked_reason: str | None = None
    pending_control: PendingControl | None = None
    result: Any = None
    error: JobFailure | None = None
    created_at: datetime
    ready_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    updated_at: datetime
    links: JobLinks


class JobPage(Shape):
    """Jobs, newest first."""

    items: list[JobModel]
    next_cursor: str | None


class AppliedModel(Shape):
    """What became of a decision at the worker."""

    outcome: AnswerOutcome
    at: datetime
    reason: str | None = None


class JobDecisionModel(Shape):
    """The decision of a checkpoint, once the worker has checked it."""

    decision_id: UUID
    outcome: Outcome
    by: list[str]
    """Empty where no person decided."""
    reason: str | None = None
    edited: bool
    at: datetime
    applied: AppliedModel | None = None


class JobCheckpointModel(Shape):
    """A checkpoint as a job's readers see it. What was asked may come later than its decision."""

    checkpoint_id: UUID
    job_id: str
    run: int
    state: Literal["pending", "recorded", "approved", "rejected", "expired", "cancelled", "invalidated"]
    summary: str
    """The state in words."""
    job_type: str | None = None
    key: str | None = None
    ask: int | None = None
    kind: Kind
    title: str | None = None
    description: str | None = None
    risk: Risk | None = None
    payload_digest: Digest | None = None
    requested_by: str | None = None
    handler_version: str | None = None
    created_at: datetime | None = None
    decision: JobDecisionModel | None = None
    url: str
    """Where its payload is, at checkpoint-svc."""


class JobCheckpoints(Shape):
    """All checkpoints of a job, the oldest first."""

    items: list[JobCheckpointModel]
    next_cursor: None


class ReplicaModel(Shape):
    """One worker process."""

    worker_id: str
    version: str
    state: ReplicaState
    slots: int
    active_jobs: int
    fleet_version: int
    job_types: list[str]
    live: bool
    """Whether it can be counted on."""
    last_status_at: datetime


class DepthModel(Shape):
    """Runs of one job type in one state."""

    job_type: str
    state: str
    count: int
    oldest_ready_at: datetime | None = None


class FleetModel(Shape):
    """All workers, and what waits for them."""

    desired: Desired
    version: int
    confirmed: bool
    """Whether a replica knows what is desired."""
    requested_by: str | None = None
    requested_at: datetime | None = None
    replicas: list[ReplicaModel]
    active_jobs: int
    queue: list[DepthModel]
    queue_from: Literal["workers", "projection"]
    ready: int
    oldest_ready_at: datetime | None
    oldest_ready_seconds: float | None
    unhandled_job_types: list[str]
    demand: int
    """The slots that would be busy if there were enough."""


class DeadLetterLinks(Shape):
    """Where to go from a dead letter."""

    self: str
    redrive: str


class DeadLetterModel(Shape):
    """A record that could not be handled, without its bytes."""

    id: UUID
    topic: str
    partition: int
    offset: int
    key: str | None = None
    """Base64."""
    key_text: str | None = None
    code: str
    reason: str
    at: datetime
    received_at: datetime
    times: int
    """How often the same event came and could not be handled."""
    last_at: datetime
    """When it came last."""
    job_id: str | None = None
    """The job that waits for this."""
    value_bytes: int | None = None
    """How long the value was, if the record was too large to be kept whole: then it can't be sent again."""
    redrives: int
    redriven_at: datetime | None = None
    redriven_by: str | None = None
    links: DeadLetterLinks


class DeadLetterPage(Shape):
    """Dead letters, newest first."""

    items: list[DeadLetterModel]
    next_cursor: str | None


class RecordHeader(Shape):
    """One header of the record."""

    name: str
    value: str
    """Base64."""


class ShownDeadLetter(DeadLetterModel):
    """With the record's bytes."""

    value: str = Field(json_schema_extra={"contentEncoding": "base64"})
    value_text: str | None = None
    """Where the value is UTF-8."""
    headers: list[RecordHeader]
