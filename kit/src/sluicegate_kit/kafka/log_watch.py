"""Finds out that a log was lost: when a partition is new here, when its offsets jump back, and now and then."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sluicegate_kit.kafka.ports import BrokerUnavailable, Consumer, LogState, Partition, Positions
from sluicegate_kit.kafka.positions import Position, ReadPositions, is_lost
from sluicegate_kit.kafka.writes import Writes

Lags: TypeAlias = Mapping[Partition, int]
Lost: TypeAlias = Mapping[Partition, LogState]
"""The partitions whose log was lost, and what the broker keeps of them now."""


class LogWatch:
    """Knows how far every assigned partition has been written, and in which log."""

    def __init__(self, consumer: Consumer, writes: Writes, *, interval_seconds: float) -> None:
        self._consumer = consumer
        self._writes = writes
        self._interval_seconds = interval_seconds
        self._log_ids: dict[Partition, str | None] = {}
        self._positions: dict[Partition, Position] = {}
        self._unsaved: set[Partition] = set()
        self._routine: asyncio.Task[Lost] | None = None
        self._routine_at = time.monotonic() + interval_seconds
        self._answered_at = time.monotonic()
        self._ends: dict[Partition, int] = {}

    @property
    def silent_seconds(self) -> float:
        """How long ago the broker last told of the logs; 0 while there is nothing to ask it about."""
        return time.monotonic() - self._answered_at if self._log_ids else 0.0

    @property
    def lags(self) -> Lags:
        """Records that each log holds beyond what is written, by the broker's last word on it."""
        positions = self._positions
        return {
            each: max(0, end - positions[each].next_offset) for each, end in self._ends.items() if each in positions
        }

    async def look(self, first_offsets: Positions) -> Lost:
        """What was lost, seen before the records at `first_offsets` are written.

        Raises:
            BrokerUnavailable, DatabaseUnavailable: can't tell, so nothing may be written yet.
        """
        fresh = self._follow_assignment()
        jumped = {each for each, offset in first_offsets.items() if self._jumps_back(each, offset)}
        if not fresh and not jumped:
            return self._routinely()
        if fresh:
            kept = await self._writes.submit(ReadPositions(tuple(sorted(fresh))))
            self._positions.update(kept)
        states = await self._consumer.logs(sorted(fresh | jumped))
        if untold := (fresh | jumped) & self._positions.keys() - states.keys():
            raise BrokerUnavailable(f"nothing to learn yet about {len(untold)} logs that were read before")
        lost = self._compare(self._positions, states)
        for each in fresh - lost.keys():
            self._log_ids.setdefault(each, None)
        # Which log it is gets written before any of it: else a crash that leaves offsets and no position hides a loss.
        first = {each: states[each].start for each in fresh & states.keys() - self._positions.keys()}
        self.written(first)
        return lost

    def written(self, next_offsets: Positions) -> None:
        """Everything before these offsets is in the database."""
        for each, offset in next_offsets.items():
            self._positions[each] = Position(each.topic, each.number, offset, self._log_ids.get(each))
            self._unsaved.add(each)

    def take_unsaved(self) -> tuple[Position, ...]:
        """The positions that moved since this was last called."""
        unsaved = tuple(self._positions[each] for each in sorted(self._unsaved))
        self._unsaved.clear()
        return unsaved

    def start_over(self, positions: Iterable[Position]) -> None:
        """These logs are read anew from here."""
        for position in positions:
            self._log_ids[position.of] = position.topic_id
            self._positions[position.of] = position
            self._unsaved.discard(position.of)
        self.close()

    def close(self) -> None:
        """End the look that is under way, if any; its answer would be about the past."""
        if self._routine is not None:
            self._routine.cancel()
            self._routine = None

    def _follow_assignment(self) -> frozenset[Partition]:
        """Forgets what others read now; gives the partitions that are new here."""
        assigned = self._consumer.assigned
        for gone in self._log_ids.keys() - assigned:
            del self._log_ids[gone]
            self._positions.pop(gone, None)
            self._ends.pop(gone, None)
            self._unsaved.discard(gone)
        return assigned - self._log_ids.keys()

    def _jumps_back(self, partition: Partition, offset: int) -> bool:
        """Rewound on purpose, or another log."""
        position = self._positions.get(partition)
        return position is not None and offset < position.next_offset

    def _routinely(self) -> Lost:
        """The answer of the look that is under way; starts one when its time has come. Ingest doesn't wait for it."""
        if self._routine is None:
            if time.monotonic() >= self._routine_at and self._log_ids:
                self._routine = asyncio.create_task(self._ask(self._consumer.assigned))
            return {}
        if not self._routine.done():
            return {}
        answered, self._routine = self._routine, None
        self._routine_at = time.monotonic() + self._interval_seconds
        try:
            return answered.result()
        except BrokerUnavailable:
            return {}

    async def _ask(self, partitions: Iterable[Partition]) -> Lost:
        before = dict(self._positions)  # as of the question: the log may have grown by the time of the answer
        return self._compare(before, await self._consumer.logs(sorted(partitions)))

    def _compare(self, positions: Mapping[Partition, Position], states: Mapping[Partition, LogState]) -> Lost:
        lost = {each: now for each, now in states.items() if each in positions and is_lost(positions[each], now)}
        for each, now in states.items():
            self._ends[each] = now.end
            if each not in lost and now.log_id is not None:
                self._log_ids[each] = now.log_id
        self._answered_at = time.monotonic()
        return lost
