"""Ingest: poll a batch, write it, commit the offsets. No handler runs here and no offset is held for a job."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.errors import DatabaseUnavailable, DataRefused, StatementRefused, WritesStopped
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.dead_letter import DeadLetter
from sluicegate_kit.kafka.log_lost import StartOver
from sluicegate_kit.kafka.log_watch import LogWatch, Lost
from sluicegate_kit.kafka.ports import BrokerUnavailable, Consumer, Partition, Record
from sluicegate_kit.kafka.positions import Position, WritePositions
from sluicegate_kit.kafka.turns import Turns
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import DEAD_LETTER, Party, Topic

LOG_CHECK_SECONDS = 5.0
AGAIN_SECONDS = 0.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a service does with the records of one topic."""

    topic: Topic
    interpret: Callable[[Record], Operation[Any] | None]
    """The operation that a record asks for; None: not for this service.

    It, or the operation's `decide`, raises `MalformedRecord` for a record that can't be handled.
    """


class Ingest(Turns):
    """Reads topics. A record that can't be handled is dead-lettered by its topic's owner and skipped by others.

    `on_log_lost` is awaited before a lost log is read from its start; it may be called again for the same loss.
    `message_max_bytes`: the largest record that the producer takes, and so the largest dead letter.
    """

    def __init__(
        self,
        consumer: Consumer,
        writes: Writes,
        subscriptions: Iterable[Subscription],
        *,
        party: Party,
        on_log_lost: Callable[[], Awaitable[None]],
        metrics: Metrics,
        message_max_bytes: int = RECORD_BYTES,
        log_check_seconds: float = LOG_CHECK_SECONDS,
        again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        self._writes = writes
        self._subscriptions = {each.topic.name: each for each in subscriptions}
        self._party = party
        self._on_log_lost = on_log_lost
        self._watch = LogWatch(consumer, writes, interval_seconds=log_check_seconds)
        self._again_seconds = again_seconds
        self._message_max_bytes = message_max_bytes
        super().__init__(consumer, metrics, (each.topic for each in self._subscriptions.values()), party)

    @property
    def silent_seconds(self) -> float:
        return self._watch.silent_seconds

    @property
    def lags(self) -> Mapping[Partition, int]:
        return self._watch.lags

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self._watch.close()

    async def take(self, records: Sequence[Record]) -> bool:
        first = {Partition(each.topic, each.partition): each.offset for each in reversed(records)}
        try:
            if lost := await self._watch.look(first):
                await self._start_over(lost)
                records = [each for each in records if Partition(each.topic, each.partition) not in lost]
            await self._write(records)
        except (BrokerUnavailable, DatabaseUnavailable) as error:
            log.warning("ingest waits", error=str(error), records=len(records))
            await self._seek_until_done(first)
            return False
        except WritesStopped:
            self.stop()
            return False
        return True

    async def _write(self, records: Sequence[Record]) -> None:
        if unsaved := self._watch.take_unsaved():
            saved = self._writes.enqueue(WritePositions(unsaved))
            if not records:
                await saved
                return
            saved.add_done_callback(_look_at)  # rides along; the next position replaces one that was not kept
        if not records:
            return
        refused = await self._submit([(record, self._interpret(record)) for record in records])
        if refused and await self._submit(refused):
            log.error("dead letters refused by the database", records=len(refused))
        crash_point("ingest.after_commit")
        next_offsets = {Partition(each.topic, each.partition): each.offset + 1 for each in records}
        self._watch.written(next_offsets)
        self._consumer.commit(next_offsets)
        self._observed.ingested(records)

    async def _submit(
        self, batch: Iterable[tuple[Record, Operation[Any] | None]]
    ) -> list[tuple[Record, Operation[Any] | None]]:
        """Write the batch; gives what to do with the records that could not be handled."""
        written = [(record, operation) for record, operation in batch if operation is not None]
        results = await self._writes.submit_all([operation for _, operation in written])
        failed = [
            (record, result)
            for (record, _), result in zip(written, results, strict=True)
            if isinstance(result, BaseException)
        ]
        for _, error in failed:
            if isinstance(error, DatabaseUnavailable | WritesStopped):
                raise error
        if failed and len(failed) == len(written) and all(isinstance(error, StatementRefused) for _, error in failed):
            # Not the records are bad but the database: it lacks a table, or a right. They wait until that is mended.
            # One that brings this upon itself holds nobody up: it is found out as soon as others come.
            raise DatabaseUnavailable(f"it refuses everything: {failed[0][1]}")
        return [(record, self._refuse(record, error)) for record, error in failed]

    def _interpret(self, record: Record) -> Operation[Any] | None:
        try:
            if record.flaw is not None:
                raise MalformedRecord("bad-envelope", record.flaw)
            return self._subscriptions[record.topic].interpret(record)
        except Exception as error:
            return self._refuse(record, error)

    def _refuse(self, record: Record, error: BaseException) -> Operation[Any] | None:
        """Poison never blocks: the record leaves the partition, with its reason."""
        code, reason = _reason(record, error)
        topic = self._subscriptions[record.topic].topic
        if topic.owner is self._party and topic is not DEAD_LETTER:
            self._observed.dead_lettered(record.topic)
            return DeadLetter(record, code, reason, self._message_max_bytes)
        self._observed.skipped(record.topic)
        return None

    async def _start_over(self, lost: Lost) -> None:
        """Read lost logs from their start. Kept last, so that a crash on the way finds the loss again."""
        log.error("log lost", partitions=[f"{each.topic}/{each.number}" for each in sorted(lost)])
        starts = {each: state.start for each, state in lost.items()}
        await self._on_log_lost()
        await self._consumer.seek(starts)
        positions = tuple(
            Position(each.topic, each.number, state.start, state.log_id) for each, state in sorted(lost.items())
        )
        self._consumer.commit(starts)  # else a crash after the next line leaves the offsets of the log that is gone
        await self._writes.submit(StartOver(positions))
        self._watch.start_over(positions)
        for each in lost:
            self._observed.log_lost(each.topic)

    async def _seek_until_done(self, first: dict[Partition, int]) -> None:
        """Have the batch come again, a little later. The member goes on polling, so it keeps its partitions."""
        while not self._stopping.is_set():
            await asyncio.sleep(self._again_seconds)
            try:
                await self._consumer.seek(first)
            except BrokerUnavailable as error:
                log.warning("ingest waits", error=str(error))
            else:
                return


def _reason(record: Record, error: BaseException) -> tuple[str, str]:
    if isinstance(error, MalformedRecord):
        return error.code, error.reason
    if isinstance(error, DataRefused):
        return "data-refused", f"the database refuses it: {error}"
    # The text of an unforeseen error may quote the record, which must not reach the log.
    log.error(
        "record not handled: a bug",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        error=type(error).__name__,
        traceback="".join(traceback.format_tb(error.__traceback__)),
    )
    return "internal-error", f"{type(error).__name__}; see the log"


def _look_at(future: "asyncio.Future[None]") -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.warning("positions not kept", error=str(error))
