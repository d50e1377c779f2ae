"""What checkpoint-svc says: a decision that is verified already, or only that it has the checkpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Match, Need
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_worker.asking import answer_key, record_key
from sluicegate_worker.domain.commands import DecisionReceived
from sluicegate_worker.domain.decisions import Verdict
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.tables import JOURNAL, RUNS

WITH_CHECKPOINT = "checkpoint_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ReceiveDecision(Operation[None]):
    """Journals the decision and lets the run that waits for it go on."""

    job_id: str
    verdict: Verdict

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.verdict.edited or b"")

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self.job_id), _asked(self.verdict.checkpoint_id))

    def decide(self, rows: Rows) -> None:
        found = rows.matching(_asked(self.verdict.checkpoint_id))
        run = rows.get(RUNS, self.job_id)
        if run is None or not found or found[0].job_id != self.job_id:
            raise MalformedRecord("unknown-checkpoint", "this worker never asked it")
        happen(rows, run, DecisionReceived(found[0], self.verdict))
        rows.answered(answer_key(self.verdict.checkpoint_id))


@dataclass(frozen=True, slots=True)
class CheckpointIsRecorded(Operation[None]):
    """checkpoint-svc has it, so there is no need to tell it again.

    Unless it is an approval whose run has ended: then the wait is for it to be closed, and only its decision ends that.
    """

    job_id: str
    checkpoint_id: UUID

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self.job_id), _asked(self.checkpoint_id))

    def decide(self, rows: Rows) -> None:
        rows.answered(record_key(self.checkpoint_id))
        run = rows.get(RUNS, self.job_id)
        entries = rows.matching(_asked(self.checkpoint_id))
        if run is not None and not run.status.terminal and any(entry.run == run.run for entry in entries):
            rows.answered(answer_key(self.checkpoint_id))


def _asked(checkpoint_id: UUID) -> Match[Entry]:
    """The journal entry of the checkpoint, if it was asked here."""
    return JOURNAL.match("checkpoint_id", checkpoint_id, WITH_CHECKPOINT)
