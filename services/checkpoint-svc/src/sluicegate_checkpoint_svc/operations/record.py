"""Records a checkpoint that a run created, or answers for one that was sent again."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_checkpoint_svc.domain import recording
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.ruling import INVALIDATED
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.operations.settlement import Settlement, acknowledge_record
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, CLOSED_RUNS, EXHIBITS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import new_id


@dataclass(frozen=True, slots=True)
class RecordCheckpoint(Operation[None]):
    """One `checkpoint-created`. Sent again, it is answered: by the decision, or by `checkpoint-recorded`."""

    created: CheckpointCreated
    payload: bytes
    settlement: Settlement

    @property
    def size(self) -> int:
        return len(self.payload) + len(self.created.description or "")

    def locks(self) -> Iterable[Need]:
        yield CHECKPOINTS.lock(self.created.checkpoint_id)
        yield CHECKPOINTS.lock(recording.next_ask(self.created))
        yield CLOSED_RUNS.lock(self.created.job_id)
        if self.created.supersedes is not None:
            yield CHECKPOINTS.lock(self.created.supersedes)

    def decide(self, rows: Rows) -> None:
        known = rows.get(CHECKPOINTS, self.created.checkpoint_id)
        if known is not None:
            recording.recognise(known, self.created)
        checkpoint = known or self._take_up(rows)
        closed = rows.get(CLOSED_RUNS, checkpoint.job_id)
        later = rows.get(CHECKPOINTS, recording.next_ask(self.created))
        ruling = recording.already_over(checkpoint, closed.run if closed else None, later)
        if ruling is not None:
            self.settlement.settle(rows, checkpoint, ruling, new_id())
        elif known is not None:
            self._answer(rows, known)
        self._invalidate_superseded(rows)

    def _take_up(self, rows: Rows) -> Checkpoint:
        checkpoint, exhibit = recording.take_up(self.created, self.payload, rows.now)
        rows.put(CHECKPOINTS, checkpoint)
        rows.put(EXHIBITS, exhibit)
        return checkpoint

    def _answer(self, rows: Rows, known: Checkpoint) -> None:
        if known.decision_id is not None:
            self.settlement.repeat(rows, known)
        else:
            acknowledge_record(rows, known, rows.now)

    def _invalidate_superseded(self, rows: Rows) -> None:
        if self.created.supersedes is None:
            return
        earlier = rows.get(CHECKPOINTS, self.created.supersedes)
        if earlier is not None and earlier.job_id == self.created.job_id and earlier.state is State.PENDING:
            self.settlement.settle(rows, earlier, INVALIDATED, new_id())
