"""Sends a dead letter's record again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sluicegate_api.domain.dead_letters import DeadLetter, job_to_report, original
from sluicegate_api.domain.errors import UnknownDeadLetter
from sluicegate_api.operations.ask_reports import ask_report
from sluicegate_api.tables import DEAD_LETTERS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class Redrive(Operation[DeadLetter]):
    """Gives the dead letter with its count moved on. Raises UnknownDeadLetter, ResentByOwner, RecordNotWhole."""

    dead_letter_id: UUID
    redrive_id: UUID
    """Made before the first try."""
    by: str

    def locks(self) -> Iterable[Need]:
        return (DEAD_LETTERS.lock(self.dead_letter_id),)

    def decide(self, rows: Rows) -> DeadLetter:
        letter = rows.get(DEAD_LETTERS, self.dead_letter_id)
        if letter is None:
            raise UnknownDeadLetter(self.dead_letter_id)
        if letter.last_redrive == self.redrive_id:
            return letter
        if (job_id := job_to_report(letter)) is not None:
            ask_report(rows, job_id, self.redrive_id)
        else:
            rows.emit(replace(original(letter), id=self.redrive_id))
        sent = letter._replace(
            redrives=letter.redrives + 1,
            redriven_at=rows.now,
            redriven_by=self.by,
            last_redrive=self.redrive_id,
        )
        rows.put(DEAD_LETTERS, sent)
        return sent
