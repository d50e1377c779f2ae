"""The events that answer for a checkpoint; always the same bytes for the same row."""

from datetime import datetime

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.checkpoint_recorded import CheckpointRecorded


def decided(checkpoint: Checkpoint) -> CheckpointDecided:
    """The decision of a decided checkpoint."""
    assert checkpoint.decision_id is not None
    assert checkpoint.decided_at is not None
    assert checkpoint.signed is not None
    assert checkpoint.signature is not None
    assert checkpoint.key_id is not None
    edited = checkpoint.edited_payload
    return CheckpointDecided(
        checkpoint_id=checkpoint.checkpoint_id,
        job_id=checkpoint.job_id,
        run=checkpoint.run,
        decision_id=checkpoint.decision_id,
        outcome=Outcome(checkpoint.state.value),
        payload_digest=checkpoint.payload_digest,
        edited_payload=None if edited is None else edited.decode(),
        edited_digest=checkpoint.edited_digest,
        decided_by=[] if checkpoint.decided_by is None else [checkpoint.decided_by],
        reason=checkpoint.reason,
        waited_ms=checkpoint.waited.total_seconds() * 1000,
        at=checkpoint.decided_at,
        signed=checkpoint.signed,
        signature=checkpoint.signature,
        key_id=checkpoint.key_id,
    )


def recorded(checkpoint: Checkpoint, now: datetime) -> CheckpointRecorded:
    """Answers a checkpoint that was sent again and waits for its decision."""
    return CheckpointRecorded(checkpoint_id=checkpoint.checkpoint_id, job_id=checkpoint.job_id, at=now)
