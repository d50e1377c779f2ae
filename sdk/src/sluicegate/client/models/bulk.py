"""Many decisions in one call, and what became of each."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from sluicegate.client import errors, problems
from sluicegate.client.models.checkpoint import Checkpoint
from sluicegate_schemas.model import Digest, Part
from sluicegate_schemas.payload import encode


class BulkDecision(Part):
    """One of many."""

    checkpoint_id: UUID
    payload_digest: Digest
    """Of the payload that was looked at: another one is not decided on."""
    decision: Literal["approve", "reject"]
    reason: str | None = None
    """A rejection needs one."""


class BulkResult(Part):
    """What became of one of many decisions."""

    checkpoint_id: UUID
    status: int
    """As if it had been sent alone: 200, or that of the problem."""
    checkpoint: Checkpoint | None = None
    """None: it was refused."""
    problem: dict[str, JsonValue] | None = None

    def error(self) -> errors.Problem | None:
        """Why it was refused, as the exception that a single decision would have raised; None: it was not."""
        if self.problem is None:
            return None
        return problems.read(self.status, {}, encode(self.problem), datetime.now(UTC))


class BulkAnswer(Part):
    """In the order of the decisions."""

    results: list[BulkResult] = Field(default_factory=list)
