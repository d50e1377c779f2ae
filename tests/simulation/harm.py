"""Records that nobody should be able to do harm with: forged decisions, and poison of every kind."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from sluicegate_checkpoint_svc.domain import events
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.ruling import Ruling, settle
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_kit.outbox.row import OUTBOX
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.topics import (
    CHECKPOINT_CREATED,
    DEAD_LETTER,
    JOB_CONTROL,
    JOB_LIFECYCLE,
    JOB_REQUESTED,
)
from sluicegate_worker.tables import REQUESTS
from tests.simulation.keys import FORGED, GENUINE, STRANGE
from tests.simulation.outside import ANOTHER_DIGEST, Outside

SOURCE = "sluicegate/checkpoint-svc"


@dataclass
class Harm:
    """What was sent, and the code that each must be dead-lettered with."""

    outside: Outside
    poison: dict[str, str] = field(default_factory=dict)
    forged_for: set[UUID] = field(default_factory=set)
    """Checkpoints on which somebody has forged a decision."""
    number: int = 0

    def send_poison(self) -> None:
        """A record that no service can handle."""
        self.number += 1
        text = self.outside.house.chance.one(("{", '{"jobId":', "\x00\x01", "[1,")) + f" {self.number}"
        topic = self.outside.house.chance.one((JOB_REQUESTED, JOB_CONTROL, JOB_LIFECYCLE, CHECKPOINT_CREATED))
        self._send(Message(topic.name, f"poison-{self.number}", text.encode()), "not-json")

    def send_bad_request(self) -> None:
        """JSON, but no request; or another request under a known id."""
        self.number += 1
        known = [one for one in self.outside.upstream if one in self._requests]
        if known and self.outside.house.chance.good(0.5):
            job_id = self.outside.house.chance.one(known)
            request = json.loads(self.outside.upstream[job_id]) | {"taskDescription": f"other {self.number}"}
            self._send(Message(JOB_REQUESTED.name, job_id, json.dumps(request).encode()), "job-id-conflict")
        else:
            value = json.dumps({"jobId": f"bad-{self.number}", "taskDescription": "no type"}).encode()
            self._send(Message(JOB_REQUESTED.name, None, value), "invalid-data")

    def send_bad_ask(self) -> None:
        """A checkpoint whose digest is not that of its payload."""
        self.number += 1
        now = self.outside.house.now()
        event = CheckpointCreated(
            checkpoint_id=new_id(),
            job_id=f"nobody-{self.number}",
            run=1,
            job_type="simulated",
            key="gate 1",
            ask=1,
            kind=Kind.APPROVAL,
            title="Please",
            payload="{}",
            payload_digest=ANOTHER_DIGEST,
            allowed_decisions=["approve", "reject"],
            handler_version="1",
            requested_by="ana",
            at=now,
        )
        self._send(envelope.write(event, ce_id=new_id(), source="sluicegate/worker", at=now), "digest-mismatch")

    def forge(self) -> None:
        """A decision that the decision key did not sign, or not so."""
        chance = self.outside.house.chance
        approvals = [row for row in self.outside.checkpoints() if row.kind is Kind.APPROVAL]
        if not approvals:
            return
        pending = [row for row in approvals if row.state is State.PENDING]
        checkpoint = chance.one(pending if pending and chance.good(0.7) else approvals)
        self.forged_for.add(checkpoint.checkpoint_id)
        if checkpoint.state is State.APPROVED and chance.good(0.5):
            event = chance.one((_with_another_edit, _with_another_outcome))(events.decided(checkpoint))
        else:
            undecided = checkpoint._replace(state=State.PENDING)
            ruling = Ruling(chance.one((Outcome.APPROVED, Outcome.APPROVED, Outcome.REJECTED)), by="mallory")
            signer = chance.one((FORGED, STRANGE))
            event = events.decided(settle(undecided, ruling, new_id(), self.outside.house.now(), signer))
        self._send(self._decided(event), "forged-decision")

    def decide_on_other_bytes(self) -> None:
        """The genuine decision, genuinely signed, about another payload: it may end the run, and do nothing else."""
        approved = [row for row in self.outside.checkpoints() if row.state is State.APPROVED]
        if approved:
            checkpoint = self.outside.house.chance.one(approved)
            self._send(self._decided(_about_other_bytes(checkpoint)), None)

    def forget_what_is_lost(self) -> None:
        """The log is about to be lost: what no service has taken in yet is gone with it."""
        house = self.outside.house
        for job_id in self.outside.upstream:
            if job_id not in self._requests:
                self.outside.accepted.discard(job_id)
        databases = (house.api_database, house.worker_database, house.checkpoint_database)
        letters = [row for one in databases for row in one.tables.rows(OUTBOX) if row.topic == DEAD_LETTER.name]
        safe = {row.value for row in letters if row.id not in house.broker.produced}
        safe |= {row.value for row in house.api_database.tables.of_name.get("dead_letters", {}).values()}
        self.poison = {text: code for text, code in self.poison.items() if text.encode() in safe}

    @property
    def _requests(self) -> dict[object, object]:
        return self.outside.house.worker_database.tables.of_name.get(REQUESTS.name, {})

    def _decided(self, event: CheckpointDecided) -> Message:
        return envelope.write(event, ce_id=new_id(), source=SOURCE, at=self.outside.house.now())

    def _send(self, message: Message, code: str | None) -> None:
        if not self.outside.house.broker.available:
            return
        self.outside.house.broker.append(message)
        if code is not None:
            self.poison[message.value.decode()] = code


def _with_another_edit(event: CheckpointDecided) -> CheckpointDecided:
    return event.model_copy(update={"edited_payload": '{"say":"evil"}'})


def _with_another_outcome(event: CheckpointDecided) -> CheckpointDecided:
    return event.model_copy(update={"signed": event.signed.replace('"approved"', '"rejected"')})


def _about_other_bytes(checkpoint: Checkpoint) -> CheckpointDecided:
    assert checkpoint.decision_id is not None
    other = checkpoint._replace(state=State.PENDING, payload_digest=ANOTHER_DIGEST)
    ruling = Ruling(Outcome.APPROVED, by=checkpoint.decided_by)
    assert checkpoint.decided_at is not None
    return events.decided(settle(other, ruling, checkpoint.decision_id, checkpoint.decided_at, GENUINE))
