"""Follows a run by its snapshots: reads answers to decisions, and cancels what the run's end leaves undecided."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.following import answered, closed, left_undecided
from sluicegate_checkpoint_svc.operations.settlement import Settlement, waits_for
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, CLOSED_RUNS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Match, Need
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Answer


@dataclass(frozen=True, slots=True)
class FollowRun(Operation[None]):
    """One `job-lifecycle` that ends its run or answers decisions; a late one counts all the same."""

    job_id: str
    run: int
    ended: bool
    answers: tuple[Answer, ...]
    settlement: Settlement

    def locks(self) -> Iterable[Need]:
        yield self._unanswered()
        if self.ended:
            yield CLOSED_RUNS.lock(self.job_id)

    def decide(self, rows: Rows) -> None:
        by_decision = {answer.decision_id: answer for answer in self.answers}
        for checkpoint in rows.matching(self._unanswered()):
            answer = by_decision.get(checkpoint.decision_id) if checkpoint.decision_id else None
            if answer is not None:
                self._answer(rows, checkpoint, answer)
            elif self.ended and checkpoint.kind is Kind.APPROVAL and checkpoint.run <= self.run:
                self._close(rows, checkpoint)
        if self.ended:
            known = rows.get(CLOSED_RUNS, self.job_id)
            now_closed = closed(known, self.job_id, self.run)
            if now_closed is not known:
                rows.put(CLOSED_RUNS, now_closed)

    def _unanswered(self) -> Match[Checkpoint]:
        return CHECKPOINTS.match("job_id", self.job_id, "kind = 'approval' AND applied_at IS NULL")

    def _answer(self, rows: Rows, checkpoint: Checkpoint, answer: Answer) -> None:
        assert checkpoint.decision_id is not None
        told = answered(checkpoint, answer, rows.now)
        if told is not checkpoint:
            rows.put(CHECKPOINTS, told)
            self.settlement.observer.answered(told)
        rows.answered(waits_for(checkpoint.decision_id))

    def _close(self, rows: Rows, checkpoint: Checkpoint) -> None:
        ruling = left_undecided(checkpoint, self.run)
        if ruling is not None:
            self.settlement.settle(rows, checkpoint, ruling, new_id())
        elif checkpoint.applied is None:
            self.settlement.repeat(rows, checkpoint)
