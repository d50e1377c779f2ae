"""Takes a person's vote."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Vote, judge
from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class Decide(Operation[Checkpoint]):
    """Gives the decided checkpoint. It is expired, and not as voted, when the vote came after the deadline."""

    checkpoint_id: UUID
    vote: Vote
    settlement: Settlement

    @property
    def size(self) -> int:
        return len(self.vote.edit.payload) if self.vote.edit else 0

    def locks(self) -> Iterable[Need]:
        return (CHECKPOINTS.lock(self.checkpoint_id),)

    def decide(self, rows: Rows) -> Checkpoint:
        checkpoint = rows.get(CHECKPOINTS, self.checkpoint_id)
        if checkpoint is None:
            raise UnknownCheckpoint(self.checkpoint_id)
        ruling = judge(checkpoint, self.vote, rows.now)
        if ruling is not None:
            return self.settlement.settle(rows, checkpoint, ruling, self.vote.decision_id)
        if checkpoint.decision_id == self.vote.decision_id:
            # Committed by a try whose outcome was lost, and then not published by it.
            self.settlement.repeat(rows, checkpoint)
        return checkpoint

    def won(self, decided: Checkpoint) -> bool:
        """Whether the checkpoint went as voted."""
        return decided.state.value == self.vote.outcome.value
