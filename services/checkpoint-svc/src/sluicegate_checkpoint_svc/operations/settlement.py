"""Ends a checkpoint: writes its signed decision and sends it until the worker says what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sluicegate_checkpoint_svc.domain import events
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.ruling import Ruling, Signer, settle
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_kit.db.rows import Rows
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id

SOURCE = "sluicegate/checkpoint-svc"


class Observer(Protocol):
    """Is told how long people and workers take. Called as operations decide, so a batch run again tells twice."""

    def decided(self, checkpoint: Checkpoint) -> None:
        """It has its decision."""

    def answered(self, checkpoint: Checkpoint) -> None:
        """The worker told what became of the decision."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The one way in which a pending checkpoint gets its decision."""

    signer: Signer
    observer: Observer

    def settle(self, rows: Rows, checkpoint: Checkpoint, ruling: Ruling, decision_id: UUID) -> Checkpoint:
        """Give it this ruling, now."""
        settled = settle(checkpoint, ruling, decision_id, rows.now, self.signer)
        rows.put(CHECKPOINTS, settled)
        message = envelope.write(events.decided(settled), ce_id=new_id(), source=SOURCE, at=rows.now)
        rows.emit(message, answer_key=waits_for(decision_id))
        self.observer.decided(settled)
        return settled

    def repeat(self, rows: Rows, checkpoint: Checkpoint) -> None:
        """Send the decision again to one who asked again; the wait for its answer is not touched."""
        rows.emit(envelope.write(events.decided(checkpoint), ce_id=new_id(), source=SOURCE, at=rows.now))


def acknowledge_record(rows: Rows, checkpoint: Checkpoint, now: datetime) -> None:
    """Tell one who asked again that the checkpoint is here and undecided."""
    rows.emit(envelope.write(events.recorded(checkpoint, now), ce_id=new_id(), source=SOURCE, at=now))


def waits_for(decision_id: UUID) -> str:
    """The key of the answer that closes the wait of a decision."""
    return f"decision:{decision_id}"
