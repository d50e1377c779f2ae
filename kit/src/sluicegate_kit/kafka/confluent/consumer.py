"""The consumer: every call to librdkafka's consumer is made on one thread of its own, so that none can meet another."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from typing import Any, ParamSpec, TypeVar, cast

import confluent_kafka
import structlog
from confluent_kafka import TopicPartition

from sluicegate_kit.kafka.confluent.logs import LogQuestions
from sluicegate_kit.kafka.options import KafkaOptions, consumer_config
from sluicegate_kit.kafka.ports import (
    BAD_HEADER,
    MAX_POLL_RECORDS,
    BrokerFatal,
    BrokerUnavailable,
    LogState,
    Partition,
    Positions,
    Record,
)

P = ParamSpec("P")
T = TypeVar("T")

POLL_SECONDS = 0.2
BUSY_RECORDS = 8
"""After a batch of so many, more are on their way."""
GATHER_SECONDS = 0.005
"""How long a busy consumer lets the next batch grow: what a batch costs is spread over more records."""
COMMIT_SECONDS = 0.5

_headers_of: Callable[[confluent_kafka.Message], object] = methodcaller("headers")
"""Written as a plain call, a header's name that is not UTF-8 kills the process: confluent-kafka (2.16) then returns a
list with a hole and an error at once, and CPython's specialised call of a method does not look for that; this one does,
and raises SystemError."""

log = structlog.get_logger(__name__)


class ConfluentConsumer:
    """`Consumer` on librdkafka. Joins the group at the first `poll`."""

    def __init__(
        self,
        options: KafkaOptions,
        group: str,
        topics: Sequence[str],
        *,
        poll_seconds: float = POLL_SECONDS,
        commit_seconds: float = COMMIT_SECONDS,
    ) -> None:
        self._config = consumer_config(options, group) | {"error_cb": self._on_error}
        self._topics = list(topics)
        self._poll_seconds = poll_seconds
        self._commit_seconds = commit_seconds
        self._logs = LogQuestions(options)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-consumer")
        self._client: confluent_kafka.Consumer | None = None
        self._assigned: frozenset[Partition] = frozenset()
        self._uncommitted: dict[Partition, int] = {}
        self._committed_at = 0.0
        self._fatal: str | None = None
        self._busy = False

    @property
    def assigned(self) -> frozenset[Partition]:
        """See `Consumer`."""
        return self._assigned

    async def poll(self) -> Sequence[Record]:
        """See `Consumer`."""
        return await self._on_thread(self._poll)

    async def seek(self, to: Positions) -> None:
        """See `Consumer`."""
        await self._on_thread(self._seek, dict(to))

    def commit(self, positions: Positions) -> None:
        """See `Consumer`."""
        self._thread.submit(self._uncommitted.update, dict(positions))

    async def logs(self, partitions: Iterable[Partition]) -> Mapping[Partition, LogState]:
        """See `Consumer`."""
        return await asyncio.to_thread(self._logs.ask, tuple(partitions))

    async def close(self) -> None:
        """See `Consumer`."""
        await self._on_thread(self._close)
        self._thread.shutdown(wait=False)

    async def _on_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._thread.submit(call, *args, **kwargs))

    # On the thread

    def _poll(self) -> list[Record]:
        client = self._client or self._join()
        self._commit_when_due(client)
        # `consume(n, timeout)` waits the whole timeout unless n records come: so wait for one, then take what is there.
        first = client.poll(self._poll_seconds)
        if self._fatal is not None:
            raise BrokerFatal(self._fatal)
        if first is None:
            self._busy = False
            return []
        if self._busy:
            time.sleep(GATHER_SECONDS)
        found = [_record(first), *map(_record, client.consume(MAX_POLL_RECORDS - 1, 0))]
        self._busy = BUSY_RECORDS <= len(found) < MAX_POLL_RECORDS
        return [record for record in found if record is not None]

    def _join(self) -> confluent_kafka.Consumer:
        client = confluent_kafka.Consumer(self._config, logger=logging.getLogger("librdkafka"))
        client.subscribe(self._topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost)
        self._client = client
        return client

    def _seek(self, to: dict[Partition, int]) -> None:
        for partition, offset in to.items():
            if self._client is not None and partition in self._assigned:
                try:
                    self._client.seek(TopicPartition(partition.topic, partition.number, offset))
                except confluent_kafka.KafkaException as error:
                    raise BrokerUnavailable(str(error)) from error

    def _commit_when_due(self, client: confluent_kafka.Consumer) -> None:
        now = time.monotonic()
        if self._uncommitted and now - self._committed_at >= self._commit_seconds:
            self._committed_at = now
            client.commit(offsets=_offsets(self._uncommitted), asynchronous=True)
            self._uncommitted.clear()

    def _commit_now(self, client: confluent_kafka.Consumer) -> None:
        """Best effort: what is not committed is read again, which is harmless."""
        if self._uncommitted:
            try:
                client.commit(offsets=_offsets(self._uncommitted), asynchronous=False)
            except confluent_kafka.KafkaException as error:
                log.info("offsets not committed", error=str(error))
            self._uncommitted.clear()

    def _close(self) -> None:
        if self._client is not None:
            self._commit_now(self._client)
            self._client.close()
            self._client = None
            self._assigned = frozenset()

    def _on_assign(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        self._assigned |= _partitions(partitions)

    def _on_revoke(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        self._commit_now(client)
        self._assigned -= _partitions(partitions)

    def _on_lost(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        """They may have another owner by now, whose commits must not be overwritten."""
        self._assigned -= _partitions(partitions)
        self._uncommitted.clear()

    def _on_error(self, error: confluent_kafka.KafkaError) -> None:
        if error.fatal() or error.code() == confluent_kafka.KafkaError._FATAL:
            self._fatal = error.str()


def _record(message: confluent_kafka.Message) -> Record | None:
    """The record; None for an event of the client, which is logged."""
    error = message.error()
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if error is not None:
        if error.fatal():
            raise BrokerFatal(error.str())
        log.warning("kafka", error=error.str(), topic=topic, partition=partition, offset=offset)
        return None
    if topic is None or partition is None or offset is None:
        return None
    flaw = None
    try:
        found = cast(Iterable[tuple[str, Any]], _headers_of(message) or ())
    except SystemError:
        found, flaw = (), BAD_HEADER
    headers = tuple([(name, value if value.__class__ is bytes else _bytes(value)) for name, value in found])
    return Record(topic, partition, offset, message.key(), message.value(), headers, message.timestamp()[1], flaw)


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""


def _offsets(positions: Positions) -> list[TopicPartition]:
    return [TopicPartition(partition.topic, partition.number, offset) for partition, offset in positions.items()]


def _partitions(found: Iterable[TopicPartition]) -> frozenset[Partition]:
    return frozenset(Partition(each.topic, each.partition) for each in found)
