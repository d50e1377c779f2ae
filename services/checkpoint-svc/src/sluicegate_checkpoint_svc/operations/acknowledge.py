"""Takes note that a person has seen an info checkpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sluicegate_checkpoint_svc.domain.acknowledging import acknowledge
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class Acknowledge(Operation[Checkpoint]):
    """Gives the acknowledged checkpoint; the first acknowledgement stays."""

    checkpoint_id: UUID
    by: str

    def locks(self) -> Iterable[Need]:
        return (CHECKPOINTS.lock(self.checkpoint_id),)

    def decide(self, rows: Rows) -> Checkpoint:
        checkpoint = rows.get(CHECKPOINTS, self.checkpoint_id)
        if checkpoint is None:
            raise UnknownCheckpoint(self.checkpoint_id)
        acknowledged = acknowledge(checkpoint, self.by, rows.now)
        if acknowledged is not checkpoint:
            rows.put(CHECKPOINTS, acknowledged)
        return acknowledged
