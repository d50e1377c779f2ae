"""A checkpoint: as a job lists it, and as checkpoint-svc shows it to a reviewer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, JsonValue

from sluicegate_schemas import strict_json
from sluicegate_schemas.checkpoint_created import Kind, Risk, View
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.errors import MalformedJson
from sluicegate_schemas.job_lifecycle import AnswerOutcome
from sluicegate_schemas.model import Digest, Part
from sluicegate_schemas.payload import encode


class State(StrEnum):
    """Where a checkpoint stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    """A person said no."""
    EXPIRED = "expired"
    """Nobody decided in time."""
    CANCELLED = "cancelled"
    """The run ended before anybody decided."""
    INVALIDATED = "invalidated"
    """A later ask took its place."""
    RECORDED = "recorded"
    """An info: it blocks nobody and is never decided."""


class Applied(Part):
    """What became of a decision at the worker."""

    outcome: AnswerOutcome
    at: datetime
    reason: str | None = None


class Decision(Part):
    """The one effective outcome."""

    decision_id: UUID
    outcome: Outcome
    by: list[str] = Field(default_factory=list)
    """Empty: no person; a deadline, the run's end or a later ask."""
    reason: str | None = None
    at: datetime
    edited_digest: Digest | None = None
    edited_payload_text: str | None = None
    """The exact JSON text that runs instead of the payload; None where nothing was edited, and in lists."""
    applied: Applied | None = None
    """None until the worker has answered."""


class Acknowledged(Part):
    """Who has seen an info checkpoint first, and when."""

    by: str
    at: datetime


class Checkpoint(Part):
    """One ask to a person."""

    checkpoint_id: UUID
    job_id: str
    run: int
    job_type: str
    key: str
    ask: int
    supersedes: UUID | None = None
    kind: Kind
    title: str
    """The agent's own words; untrusted."""
    payload_digest: Digest
    risk: Risk
    state: State
    version: int
    allowed_decisions: list[str]
    requested_by: str
    handler_version: str
    created_at: datetime
    expires_at: datetime | None = None
    """None: never."""
    acknowledged: Acknowledged | None = None
    decision: Decision | None = None
    etag: str | None = None
    """Names this version: a decision that sends it back is refused if that changed. Lists don't say it."""


class Moment(Part):
    """Something that happened to a checkpoint, or was said about it."""

    event: str
    at: datetime
    by: str | None = None
    comment_id: UUID | None = None
    text: str | None = None
    """Of a comment."""


class ShownCheckpoint(Checkpoint):
    """A checkpoint with the exact bytes to decide on."""

    description: str | None = None
    """The agent's own words; untrusted."""
    view: View | None = None
    payload: JsonValue
    payload_text: str
    """The exact JSON text that the digest names and that would run."""
    timeline: list[Moment] = Field(default_factory=list)
    earlier_comments: bool = False
    """There are comments that the timeline leaves out."""


class ProjectedDecision(Part):
    """A decision as the api has heard of it."""

    decision_id: UUID
    outcome: Outcome
    by: list[str] = Field(default_factory=list)
    reason: str | None = None
    edited: bool = False
    at: datetime
    applied: Applied | None = None
    """None until the worker has answered."""


class JobCheckpoint(Part):
    """A checkpoint as its job lists it, without the payload.

    What only the ask tells (`key`, `title`, …) is None while the api has heard of the decision alone.
    """

    checkpoint_id: UUID
    job_id: str
    run: int
    state: State
    summary: str
    """The state in words, with what became of a decision that changed nothing."""
    kind: Kind
    url: str
    job_type: str | None = None
    key: str | None = None
    ask: int | None = None
    title: str | None = None
    description: str | None = None
    risk: Risk | None = None
    payload_digest: Digest | None = None
    requested_by: str | None = None
    handler_version: str | None = None
    created_at: datetime | None = None
    decision: ProjectedDecision | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A payload to run in place of the one that was asked about, byte for byte.

    Raises:
        MalformedJson: `text` is not the JSON that the contracts allow, or is null, which says "no edit" on the wire.
    """

    text: str
    """The exact JSON text."""

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"Edit takes JSON text; Edit.of takes a value, such as this {type(self.text).__name__}")
        if strict_json.read(self.text.encode()) is None:
            raise MalformedJson("an edited payload can't be null")

    @classmethod
    def of(cls, payload: JsonValue) -> Self:
        """The edit with this value, encoded as payloads are.

        Raises:
            UnencodablePayload
        """
        return cls(encode(payload).decode())
