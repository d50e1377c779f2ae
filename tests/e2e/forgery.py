"""Decisions that checkpoint-svc never took, or never in these words, as anybody who may write the topic could send."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import confluent_kafka
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sluicegate_dev.keys import DECISION_KEY_ID
from sluicegate_schemas import envelope, signature
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome, SignedDecision
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.payload import digest

EDITED = '{"say":"edited"}'
OTHER = '{"say":"something else"}'


@dataclass(frozen=True, slots=True)
class Pending:
    """What everybody may know of a checkpoint that waits."""

    checkpoint_id: UUID
    job_id: str
    run: int
    payload_digest: str


def private_key(file: Path) -> Ed25519PrivateKey:
    """checkpoint-svc's own."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def decision(
    about: Pending,
    key: Ed25519PrivateKey,
    *,
    outcome: Outcome = Outcome.APPROVED,
    payload_digest: str | None = None,
    edited: str | None = None,
    key_id: str = DECISION_KEY_ID,
) -> CheckpointDecided:
    """An approval as checkpoint-svc would send it, signed with this key."""
    now = datetime.now(UTC)
    signed = SignedDecision(
        checkpoint_id=about.checkpoint_id,
        job_id=about.job_id,
        run=about.run,
        decision_id=new_id(),
        outcome=outcome,
        payload_digest=payload_digest or about.payload_digest,
        edited_digest=None if edited is None else digest(edited.encode()),
        at=now,
        key_id=key_id,
    )
    text, seal = signature.sign(signed, key)
    return CheckpointDecided(
        **dict(signed), edited_payload=edited, decided_by=["mallory"], waited_ms=1.0, signed=text, signature=seal
    )


def forgeries(about: Pending, genuine: Ed25519PrivateKey) -> dict[str, CheckpointDecided]:
    """By what is wrong with each: every one of them would let the job through if it were believed."""
    mallory = Ed25519PrivateKey.generate()
    plain = decision(about, genuine)
    rejection = decision(about, genuine, outcome=Outcome.REJECTED)
    edit = decision(about, genuine, edited=EDITED)
    return {
        "signed with another key": decision(about, mallory),
        "an edit signed with another key": decision(about, mallory, edited=EDITED),
        "an unknown key": decision(about, mallory, key_id="mallory-1"),
        "the genuine key under a name that nobody knows": decision(about, genuine, key_id="mallory-1"),
        "the genuine key, signed under another name": decision(about, genuine, key_id="other").model_copy(
            update={"key_id": DECISION_KEY_ID}
        ),
        "an edit that was not signed": plain.model_copy(
            update={"edited_payload": EDITED, "edited_digest": digest(EDITED.encode())}
        ),
        "another edit than the one that was signed": edit.model_copy(update={"edited_payload": OTHER}),
        "a signed edit left out": edit.model_copy(update={"edited_payload": None, "edited_digest": None}),
        "a rejection turned into an approval": rejection.model_copy(
            update={"outcome": Outcome.APPROVED, "signed": rejection.signed.replace('"rejected"', '"approved"')}
        ),
        "another decision's signature": plain.model_copy(update={"signature": rejection.signature}),
        "signed text with a space more": plain.model_copy(update={"signed": plain.signed + " "}),
        "no signature": plain.model_copy(update={"signature": ""}),
        "no base64": plain.model_copy(update={"signature": "!" * 86}),
        "signed garbage": plain.model_copy(
            update={"signed": "garbage", "signature": urlsafe_b64encode(genuine.sign(b"garbage")).decode()}
        ),
    }


def disguised(about: Pending, decided: Mapping[str, Any]) -> CheckpointDecided:
    """The signed text of one decision (a row of checkpoint-svc), with the approval of another around it."""
    return CheckpointDecided(
        checkpoint_id=about.checkpoint_id,
        job_id=about.job_id,
        run=about.run,
        decision_id=decided["decision_id"],
        outcome=Outcome.APPROVED,
        payload_digest=about.payload_digest,
        decided_by=["mallory"],
        waited_ms=1.0,
        at=datetime.now(UTC),
        signed=decided["signed"],
        signature=decided["signature"],
        key_id=decided["key_id"],
    )


def produce(bootstrap_servers: str, events: Iterable[CheckpointDecided]) -> None:
    """As any writer of the topic can."""
    producer = confluent_kafka.Producer({"bootstrap.servers": bootstrap_servers, "partitioner": "murmur2_random"})
    for event in events:
        sent = envelope.write(event, ce_id=new_id(), source="sluicegate/checkpoint-svc", at=event.at)
        producer.produce(sent.topic, sent.value, sent.key, headers=list(sent.headers))
    assert producer.flush(30) == 0
