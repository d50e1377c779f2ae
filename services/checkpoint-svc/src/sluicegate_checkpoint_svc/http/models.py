"""Shapes of answers, for the OpenAPI document alone."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import JsonValue

from sluicegate_checkpoint_svc.domain.deciding import Choice
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_kit.web.openapi import Problem
from sluicegate_kit.web.shape import Shape
from sluicegate_schemas.checkpoint_created import Kind, Risk, View
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome
from sluicegate_schemas.model import Digest


class AcknowledgedModel(Shape):
    """Who has seen an info checkpoint first."""

    by: str
    at: datetime


class AppliedModel(Shape):
    """What became of a decision at the worker."""

    outcome: AnswerOutcome
    at: datetime
    reason: str | None = None


class DecisionModel(Shape):
    """The one decision of a checkpoint."""

    decision_id: UUID
    outcome: Outcome
    by: list[str]
    """Empty where no person decided."""
    at: datetime
    reason: str | None = None
    edited_digest: Digest | None = None
    edited_payload: Any = None
    """Where one checkpoint is shown."""
    edited_payload_text: str | None = None
    applied: AppliedModel | None = None


class CheckpointModel(Shape):
    """A checkpoint as lists show it."""

    checkpoint_id: UUID
    job_id: str
    run: int
    job_type: str
    key: str
    ask: int
    supersedes: UUID | None = None
    kind: Kind
    title: str
    payload_digest: Digest
    allowed_decisions: list[Choice]
    risk: Risk
    state: State
    version: int
    requested_by: str
    handler_version: str
    created_at: datetime
    expires_at: datetime | None = None
    acknowledged: AcknowledgedModel | None = None
    decision: DecisionModel | None = None


class DecisionProblem(Problem):
    """Why a checkpoint can't be decided as asked."""

    decision: DecisionModel | None = None
    """Where it is `already-decided`: the one that won."""


class CheckpointPage(Shape):
    """Checkpoints: pending ones by deadline, others newest first."""

    items: list[CheckpointModel]
    next_cursor: str | None
    total: int | str
    """Counted to 10,000, then `10,000+`."""


class Moment(Shape):
    """Something that happened to a checkpoint; a comment has its id and text."""

    event: str
    at: datetime
    by: str | None = None
    comment_id: UUID | None = None
    text: str | None = None


class Comment(Shape):
    """What somebody said, as the timeline has it."""

    event: Literal["commented"]
    at: datetime
    by: str
    comment_id: UUID
    text: str


class Result(Shape):
    """What became of one decision of many: the checkpoint, or why not."""

    checkpoint_id: UUID
    status: int
    checkpoint: CheckpointModel | None = None
    problem: DecisionProblem | None = None


class Results(Shape):
    """In the order of the request."""

    results: list[Result]


class LoginLink(Shape):
    """Signs one person in, once."""

    name: str
    url: str
    """A path on this site; shown this once."""
    expires_at: datetime


class ShownCheckpoint(CheckpointModel):
    """A checkpoint with what a reviewer reads."""

    description: str | None = None
    view: View | None = None
    payload_schema: dict[str, JsonValue] | None = None
    policy: str | None = None
    on_expiry: str
    payload: Any
    payload_text: str
    """The exact text that the digest names and that would run."""
    timeline: list[Moment]
    earlier_comments: Literal[True] | None = None
    """There are more than the timeline shows."""
