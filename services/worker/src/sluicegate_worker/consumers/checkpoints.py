"""`checkpoint-decided`, verified before anything else, and `checkpoint-recorded`."""

from collections.abc import Callable

import orjson
import structlog

from sluicegate_kit.access.public_keys import PublicKeys
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope, signature
from sluicegate_schemas.checkpoint_decided import CheckpointDecided
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded
from sluicegate_schemas.errors import ForgedDecision, MalformedRecord
from sluicegate_worker.domain.decisions import Verdict
from sluicegate_worker.operations.receive_decision import CheckpointIsRecorded, ReceiveDecision

log = structlog.get_logger(__name__)


class Decisions:
    """Reads decisions. What checkpoint-svc signed is taken from the signed text alone."""

    def __init__(self, keys: PublicKeys, *, on_forged: Callable[[], None]) -> None:
        self._keys = keys
        self._on_forged = on_forged

    def interpret(self, record: Record) -> ReceiveDecision:
        """The operation."""
        event = envelope.read(CheckpointDecided, record.value, record.headers).data
        assert isinstance(event, CheckpointDecided)
        try:
            signed = signature.verify(event, self._keys.now())
        except ForgedDecision as error:
            self._on_forged()
            log.error("forged decision", job_id=event.job_id, reason=str(error))
            raise MalformedRecord("forged-decision", str(error)) from error
        people = {"decidedBy": event.decided_by, "reason": event.reason, "at": signed.at}
        verdict = Verdict(
            signed.checkpoint_id,
            signed.decision_id,
            signed.outcome,
            signed.payload_digest,
            None if event.edited_payload is None else event.edited_payload.encode(),
            orjson.dumps(people, option=orjson.OPT_UTC_Z).decode(),
        )
        return ReceiveDecision(signed.job_id, verdict)


def checkpoint_recorded(record: Record) -> CheckpointIsRecorded:
    """checkpoint-svc has it."""
    event = envelope.read(CheckpointRecorded, record.value, record.headers).data
    assert isinstance(event, CheckpointRecorded)
    return CheckpointIsRecorded(event.job_id, event.checkpoint_id)
