"""The one decision of a checkpoint: what ended it, and the signed record of that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_decided import Outcome, SignedDecision


@dataclass(frozen=True, slots=True)
class Edit:
    """A payload that a person wrote in place of the one that was asked about."""

    payload: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to become of a pending checkpoint."""

    outcome: Outcome
    by: str | None = None
    """None: no person."""
    reason: str | None = None
    edit: Edit | None = None


class Signer(Protocol):
    """Holds the decision key. Never blocks; the same decision gives the same text and signature."""

    @property
    def key_id(self) -> str:
        """Names the public key that verifies."""

    def sign(self, decision: SignedDecision) -> tuple[str, str]:
        """The exact text and its signature."""


EXPIRED = Ruling(Outcome.EXPIRED, reason="nobody decided in time")
CANCELLED = Ruling(Outcome.CANCELLED, reason="the run ended before anybody decided")
INVALIDATED = Ruling(Outcome.INVALIDATED, reason="a later ask took its place")


def settle(checkpoint: Checkpoint, ruling: Ruling, decision_id: UUID, now: datetime, signer: Signer) -> Checkpoint:
    """The checkpoint with its decision, signed. It must be pending."""
    assert checkpoint.state is State.PENDING, "only a pending checkpoint is settled"
    edit = ruling.edit
    signed, signature = signer.sign(
        SignedDecision(
            checkpoint_id=checkpoint.checkpoint_id,
            job_id=checkpoint.job_id,
            run=checkpoint.run,
            decision_id=decision_id,
            outcome=ruling.outcome,
            payload_digest=checkpoint.payload_digest,
            edited_digest=edit.digest if edit else None,
            at=now,
            key_id=signer.key_id,
        )
    )
    return checkpoint._replace(
        state=State(ruling.outcome.value),
        version=checkpoint.version + 1,
        decision_id=decision_id,
        decided_by=ruling.by,
        decided_at=now,
        reason=ruling.reason,
        edited_payload=edit.payload if edit else None,
        edited_digest=edit.digest if edit else None,
        signed=signed,
        signature=signature,
        key_id=signer.key_id,
    )
