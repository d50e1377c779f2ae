"""Checkpoints, people and a decision key to try things on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Vote
from sluicegate_checkpoint_svc.domain.recording import take_up
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.domain.ruling import Edit
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.signing import DecisionKey
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import checkpoint_id, new_id
from sluicegate_schemas.payload import digest

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAYLOAD = '{"amount":9007199254740993,"files":["a.txt"]}'

ANA = Decider("ana", person=True)
BEN = Decider("ben", person=True)

KEY = DecisionKey("key-1", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@dataclass
class Noted:
    """An observer that remembers."""

    decisions: list[Checkpoint] = field(default_factory=list)
    answers: list[Checkpoint] = field(default_factory=list)

    def decided(self, checkpoint: Checkpoint) -> None:
        self.decisions.append(checkpoint)

    def answered(self, checkpoint: Checkpoint) -> None:
        self.answers.append(checkpoint)


def settlement() -> Settlement:
    """Signs with `KEY`."""
    return Settlement(KEY, Noted())


def created(**changes: Any) -> CheckpointCreated:
    """An ask of ana's job, for approval; its id and digest follow from the rest."""
    facts: dict[str, Any] = {
        "job_id": "job-1",
        "run": 1,
        "job_type": "code-generation",
        "key": "write",
        "ask": 1,
        "kind": "approval",
        "title": "Write the files?",
        "payload": PAYLOAD,
        "allowed_decisions": ["approve", "reject", "edit"],
        "handler_version": "1",
        "requested_by": "ana",
        "at": NOON,
    } | changes
    derived = {
        "checkpoint_id": checkpoint_id(facts["job_id"], facts["run"], facts["key"], facts["ask"]),
        "payload_digest": digest(facts["payload"].encode()),
    }
    return CheckpointCreated.model_validate(derived | facts)


def pending(**changes: Any) -> Checkpoint:
    """The checkpoint of `created`, as recorded at noon."""
    event = created(**changes)
    return take_up(event, event.payload.encode(), NOON)[0]


def edit(payload: bytes) -> Edit:
    """An edit to these bytes."""
    return Edit(payload, digest(payload))


def vote(choice: Choice = Choice.APPROVE, by: Decider = BEN, **more: Any) -> Vote:
    """A vote, by ben if nobody else is named."""
    return Vote(decision_id=new_id(), choice=choice, by=by, **more)
