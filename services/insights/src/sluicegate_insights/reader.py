"""Reads the whole log from its start, every partition of it, and goes on with it for as long as the process lives.

Each process does so by itself, in a consumer group of its own that commits nothing. So it needs no store, a second
replica knows what the first one does, and what a new version makes of old events holds from its first start on.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.records import TOPICS, learn_from
from sluicegate_kit.clock import Clock
from sluicegate_kit.kafka.ports import BrokerUnavailable, Consumer, LogState, Partition, Record
from sluicegate_kit.kafka.positions import Position, is_lost
from sluicegate_kit.kafka.turns import Turns
from sluicegate_kit.metrics import INSIGHTS_COMPLETE, Metrics
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.topics import JOB_LIFECYCLE, Party

KEPT_SECONDS = JOB_LIFECYCLE.retention_ms / 1000
"""As long as Kafka keeps what was learned from: a replica that starts later could not know more."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the log is known."""

    complete: bool
    """Everything is known that was in the log when this process first looked at its end."""
    behind: int | None
    """How many records of the log were not read when it was looked at last; None: it could not be looked at."""


class Reader(Turns):
    """`run` reads; `look` compares with the end of the log, once. Both are for a loop each."""

    def __init__(self, consumer: Consumer, facts: Facts, clock: Clock, metrics: Metrics) -> None:
        self._facts = facts
        self._clock = clock
        self._positions: dict[Partition, Position] = {}
        self._goal: dict[Partition, int] = {}
        """Where each log ended when it was first looked at."""
        self._lags: Mapping[Partition, int] = {}
        self._told_at = time.monotonic()
        self.progress = Progress(complete=False, behind=None)
        metrics.gauge(INSIGHTS_COMPLETE).set_function(lambda: self.progress.complete)
        super().__init__(consumer, metrics, TOPICS, Party.INSIGHTS)

    @property
    def silent_seconds(self) -> float:
        return time.monotonic() - self._told_at

    @property
    def lags(self) -> Mapping[Partition, int]:
        return self._lags

    async def take(self, records: Sequence[Record]) -> bool:
        for record in records:
            self._learn(record)
        for place, next_offset in _ends(records).items():
            known = self._positions.get(place)
            log_id = None if known is None else known.topic_id
            self._positions[place] = Position(place.topic, place.number, next_offset, log_id)
        self._observed.ingested(records)
        return True

    async def look(self) -> None:
        """See how far the log goes, and whether it is still the one that was read."""
        assigned = self._consumer.assigned
        if not assigned:
            return
        before = dict(self._positions)  # as of the question: more is read until the answer comes
        try:
            states = await self._consumer.logs(sorted(assigned))
        except BrokerUnavailable as error:
            log.warning("the end of the log is not known", error=str(error))
            self.progress = Progress(self.progress.complete, None)
            return
        lost = {each: now for each, now in states.items() if each in before and is_lost(before[each], now)}
        if lost:
            await self._start_over(lost)
        self._note_logs(states)
        self.progress = self._compare(states, everything=states.keys() >= assigned)

    async def forget(self) -> None:
        """Drop what Kafka no longer keeps either."""
        self._facts.forget(self._clock.now().timestamp() - KEPT_SECONDS)

    def _compare(self, states: Mapping[Partition, LogState], *, everything: bool) -> Progress:
        if not everything:
            return Progress(self.progress.complete, None)
        read = {each: self._positions[each].next_offset for each in states}
        self._lags = {each: max(0, now.end - read[each]) for each, now in states.items()}
        self._told_at = time.monotonic()
        self._goal = self._goal or {each: now.end for each, now in states.items()}
        reached = all(read.get(each, 0) >= end for each, end in self._goal.items())
        return Progress(self.progress.complete or reached, sum(self._lags.values()))

    def _learn(self, record: Record) -> None:
        try:
            if record.flaw is not None:
                raise MalformedRecord("bad-envelope", record.flaw)
            learn_from(record, self._facts)
        except MalformedRecord:
            self._observed.skipped(record.topic)

    async def _start_over(self, lost: Mapping[Partition, LogState]) -> None:
        """Read a log that was made anew from its start. What is known stays known: it did happen."""
        log.error("log lost", partitions=[f"{each.topic}/{each.number}" for each in sorted(lost)])
        try:
            await self._consumer.seek({each: state.start for each, state in lost.items()})
        except BrokerUnavailable as error:
            log.warning("not read anew yet", error=str(error))
            return
        for each, state in lost.items():
            self._positions[each] = Position(each.topic, each.number, state.start, state.log_id)
            self._goal[each] = state.end
            self._observed.log_lost(each.topic)

    def _note_logs(self, states: Mapping[Partition, LogState]) -> None:
        for each, state in states.items():
            known = self._positions.get(each)
            if known is None:
                self._positions[each] = Position(each.topic, each.number, state.start, state.log_id)
            elif known.topic_id is None:
                self._positions[each] = known._replace(topic_id=state.log_id)


def _ends(records: Sequence[Record]) -> dict[Partition, int]:
    return {Partition(each.topic, each.partition): each.offset + 1 for each in records}
