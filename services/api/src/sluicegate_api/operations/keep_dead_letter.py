"""Keeps a record that nobody could handle."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.dead_letters import DeadLetter, again
from sluicegate_api.tables import DEAD_LETTERS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class KeepDeadLetter(Operation[None]):
    """One record of the `dead-letter` topic. An event that comes again is counted, not kept again."""

    letter: DeadLetter

    @property
    def size(self) -> int:
        return len(self.letter.value)

    def locks(self) -> Iterable[Need]:
        return (DEAD_LETTERS.lock(self.letter.dead_letter_id),)

    def decide(self, rows: Rows) -> None:
        kept = rows.get(DEAD_LETTERS, self.letter.dead_letter_id)
        if kept is None:
            rows.put(DEAD_LETTERS, self.letter._replace(received_at=rows.now))
        elif (counted := again(kept, self.letter)) is not kept:
            rows.put(DEAD_LETTERS, counted)
