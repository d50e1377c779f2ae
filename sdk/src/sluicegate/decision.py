"""What a handler gets from a person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sluicegate.encoding import decode, decode_foreign
from sluicegate.errors import DecisionMismatch
from sluicegate.journal import CheckpointEntry, JournaledDecision, Outcome
from sluicegate_schemas.payload import digest


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval. Act on `payload` and on nothing else: it is what was approved, edits included."""

    outcome: Outcome
    payload: Any
    """The JSON value of the approved bytes."""
    payload_bytes: bytes
    """The approved bytes themselves."""
    digest: str
    """Of `payload_bytes`."""
    edited: bool
    """Whether the person changed the payload before approving it."""
    decided_by: tuple[str, ...]
    reason: str | None
    decision_id: UUID


def approved(entry: CheckpointEntry, decision: JournaledDecision) -> Decision:
    """The approval of `entry`.

    Raises:
        DecisionMismatch: the decision is about other bytes.
    """
    if decision.payload_digest != entry.payload_digest:
        raise DecisionMismatch(
            f"checkpoint {entry.name!r} asked about {entry.payload_digest}, decided was {decision.payload_digest}"
        )
    edited = decision.edited_payload
    return Decision(
        decision.outcome,
        decode(entry.payload) if edited is None else decode_foreign(edited),
        entry.payload if edited is None else edited,
        entry.payload_digest if edited is None else digest(edited),
        edited is not None,
        decision.decided_by,
        decision.reason,
        decision.decision_id,
    )
