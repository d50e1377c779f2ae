"""Expires the approvals whose deadline has passed."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import is_late
from sluicegate_checkpoint_svc.domain.ruling import EXPIRED
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection
from sluicegate_schemas.ids import new_id

LIMIT = 200


@dataclass(frozen=True, slots=True)
class ExpireDue(Operation[int]):
    """Gives how many expired. Rows that another replica holds are left to it."""

    due: Selection[Checkpoint]
    settlement: Settlement

    @classmethod
    def of(cls, settlement: Settlement) -> "ExpireDue":
        """Those due longest, at most 200."""
        due = CHECKPOINTS.select(f"state = 'pending' AND expires_at <= {NOW}", order="expires_at", limit=LIMIT)
        return cls(due, settlement)

    def locks(self) -> Iterable[Need]:
        return (self.due,)

    def decide(self, rows: Rows) -> int:
        expired = 0
        for checkpoint in rows.selected(self.due):
            # A vote in the same batch may have been first.
            if checkpoint.state is State.PENDING and is_late(checkpoint, rows.now):
                self.settlement.settle(rows, checkpoint, EXPIRED, new_id())
                expired += 1
        return expired
