"""A lost log is read from its start, and everything that waits for an answer is sent again at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.kafka.positions import Position, WritePositions
from sluicegate_kit.outbox.sweeper import MakeWaitsDue


@dataclass(frozen=True, slots=True)
class StartOver(Operation[None]):
    """Both in one transaction: once the positions are kept, nobody would find the loss again."""

    positions: tuple[Position, ...]

    def locks(self) -> Iterable[Need]:
        return WritePositions(self.positions).locks()

    def decide(self, rows: Rows) -> None:
        WritePositions(self.positions).decide(rows)
        MakeWaitsDue().decide(rows)
