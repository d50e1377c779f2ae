"""How far ingest has come in each log, kept in its transaction; and whether a log is still the one that was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Table
from sluicegate_kit.kafka.ports import LogState, Partition


class Position(NamedTuple):
    """One row of `consumer_positions`."""

    topic: str
    partition: int
    next_offset: int
    topic_id: str | None
    """`LogState.log_id` of the log that was read. None: the broker gave none."""

    @property
    def of(self) -> Partition:
        """Which partition it is about."""
        return Partition(self.topic, self.partition)


POSITIONS = Table("consumer_positions", Position, key=("topic", "partition"))


def is_lost(position: Position, state: LogState) -> bool:
    """Whether records that we never saw are gone, or the log is another one than we read.

    Either it ends below what we read, or starts above it, or was made anew.
    """
    another = position.topic_id is not None and state.log_id is not None and position.topic_id != state.log_id
    return another or not state.start <= position.next_offset <= state.end


@dataclass(frozen=True, slots=True)
class ReadPositions(Operation[Mapping[Partition, Position]]):
    """What was kept for these partitions; one that was never read is left out."""

    partitions: tuple[Partition, ...]

    def locks(self) -> Iterable[Need]:
        return [POSITIONS.lock((each.topic, each.number)) for each in self.partitions]

    def decide(self, rows: Rows) -> Mapping[Partition, Position]:
        found = (rows.get(POSITIONS, (each.topic, each.number)) for each in self.partitions)
        return {position.of: position for position in found if position is not None}


@dataclass(frozen=True, slots=True)
class WritePositions(Operation[None]):
    """Keeps them as given, also lower ones: whoever reads the log again is that far and no farther."""

    positions: tuple[Position, ...]

    def locks(self) -> Iterable[Need]:
        return [POSITIONS.lock((each.topic, each.partition)) for each in self.positions]

    def decide(self, rows: Rows) -> None:
        for position in self.positions:
            rows.put(POSITIONS, position)
