"""A broker in memory, with a producer and a consumer that keep the ports' contract. It can be lost, trimmed or away."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count

from sluicegate_kit.kafka.murmur2 import partition_of
from sluicegate_kit.kafka.ports import (
    BAD_HEADER,
    MAX_POLL_RECORDS,
    BrokerUnavailable,
    LogState,
    NotDelivered,
    OnDelivered,
    Partition,
    Positions,
    Record,
    RecordTooLarge,
)
from sluicegate_kit.kafka.sizes import record_bytes
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import BY_NAME

OTHER_PARTITIONS = 4
"""Of a topic that the contracts don't name; the same as on librdkafka's embedded broker."""


@dataclass(slots=True)
class _Log:
    """One partition. `records[0]` has the offset `start`."""

    start: int = 0
    records: list[Record] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.start + len(self.records)

    def read(self, offset: int, limit: int) -> list[Record]:
        place = offset - self.start
        return self.records[place : place + limit]


@dataclass(slots=True)
class _Group:
    """Who reads, and how far they are."""

    members: "list[MemoryConsumer]" = field(default_factory=list)
    offsets: dict[Partition, int] = field(default_factory=dict)


class MemoryBroker:
    """Topics appear on first use.

    `available = False`: nobody can reach it. `tells_about_logs = False`: it serves records but answers no question.
    `leaves_out`: partitions that it can't tell about now.
    """

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self.available = True
        self.tells_about_logs = True
        self.leaves_out: set[Partition] = set()
        self._now = now
        self._logs: dict[Partition, _Log] = {}
        self._log_ids: dict[str, str] = {}
        self._groups: dict[str, _Group] = {}
        self._generations = count(1)
        self._waiting: set[asyncio.Future[None]] = set()
        self._keyless = count()

    def records(self, topic: str) -> list[Record]:
        """Everything that is left in the topic, partition by partition."""
        return list(chain.from_iterable(self._logs[each].records for each in self.partitions(topic)))

    def partitions(self, topic: str) -> list[Partition]:
        """The topic's partitions; makes the topic if there is none."""
        number = BY_NAME[topic].partitions if topic in BY_NAME else OTHER_PARTITIONS
        partitions = [Partition(topic, each) for each in range(number)]
        if topic not in self._log_ids:
            self._log_ids[topic] = f"topic:{next(self._generations)}"
            self._logs |= {each: _Log() for each in partitions}
        return partitions

    def lose_log(self, *topics: str, keep_offsets: bool = True) -> None:
        """Make these topics (by default all) anew, empty; the groups' offsets stay unless told otherwise."""
        for topic in topics or tuple(self._log_ids):
            for each in self.partitions(topic):
                self._logs[each] = _Log()
                if not keep_offsets:
                    for group in self._groups.values():
                        group.offsets.pop(each, None)
            self._log_ids[topic] = f"topic:{next(self._generations)}"

    def trim(self, partition: Partition, start: int) -> None:
        """Drop the records before `start`, as retention does."""
        log = self.log(partition)
        del log.records[: start - log.start]
        log.start = max(start, log.start)

    def committed(self, group: str) -> Positions:
        """The group's offsets."""
        return dict(self.group(group).offsets)

    def append(self, message: Message) -> Record:
        """Write the message to the log that its key says."""
        partitions = self.partitions(message.topic)
        number = (
            next(self._keyless) % len(partitions)
            if message.key is None
            else partition_of(message.key.encode(), len(partitions))
        )
        log = self._logs[partitions[number]]
        key = None if message.key is None else message.key.encode()
        flaw = None if all(map(_is_text, dict(message.headers))) else BAD_HEADER
        headers, at_ms = message.headers if flaw is None else (), int(self._now() * 1000)
        record = Record(message.topic, number, log.end, key, message.value, headers, at_ms, flaw)
        log.records.append(record)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        return record

    def log(self, partition: Partition) -> _Log:
        """One partition's log."""
        self.partitions(partition.topic)
        return self._logs[partition]

    def log_id(self, topic: str) -> str:
        """Changes when the log is lost."""
        self.partitions(topic)
        return self._log_ids[topic]

    def group(self, name: str) -> _Group:
        """The group of this name."""
        return self._groups.setdefault(name, _Group())

    async def arrival(self, within_seconds: float) -> None:
        """Returns at the next record, or when the time is over."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait({waiting}, timeout=within_seconds)
        finally:
            self._waiting.discard(waiting)


class MemoryProducer:
    """`Producer` on a `MemoryBroker`."""

    def __init__(self, broker: MemoryBroker, *, message_max_bytes: int = RECORD_BYTES) -> None:
        self._broker = broker
        self._message_max_bytes = message_max_bytes
        self._stop = asyncio.Event()

    def send(self, messages: Sequence[Message], on_delivered: OnDelivered) -> None:
        """See `Producer`."""
        loop = asyncio.get_running_loop()
        for message in messages:
            error: RecordTooLarge | NotDelivered | None = None
            if (size := record_bytes(message)) > self._message_max_bytes:
                error = RecordTooLarge(f"{size} bytes")
            elif not self._broker.available:
                error = NotDelivered("the broker is away")
            else:
                self._broker.append(message)
            loop.call_soon(partial(on_delivered, message, error))

    async def run(self) -> None:
        """See `Producer`."""
        await self._stop.wait()

    def stop(self) -> None:
        """See `Producer`."""
        self._stop.set()


class MemoryConsumer:
    """`Consumer` on a `MemoryBroker`. Joins the group at the first `poll`."""

    def __init__(self, broker: MemoryBroker, group: str, topics: Sequence[str], *, poll_seconds: float = 0.2) -> None:
        self._broker = broker
        self._group = broker.group(group)
        self._topics = tuple(topics)
        self._poll_seconds = poll_seconds
        self._next: dict[Partition, int] = {}

    @property
    def assigned(self) -> frozenset[Partition]:
        """See `Consumer`."""
        return frozenset(self._next)

    async def poll(self) -> Sequence[Record]:
        """See `Consumer`."""
        if self not in self._group.members:
            self._group.members.append(self)
        records = self._take()
        if not records:
            await self._broker.arrival(self._poll_seconds)
            records = self._take()
        return records

    async def seek(self, to: Positions) -> None:
        """See `Consumer`."""
        if not self._broker.available:
            raise BrokerUnavailable("the broker is away")
        self._next |= {each: offset for each, offset in to.items() if each in self._next}

    def commit(self, positions: Positions) -> None:
        """See `Consumer`."""
        self._group.offsets |= {each: offset for each, offset in positions.items() if each in self._next}

    async def logs(self, partitions: Iterable[Partition]) -> Mapping[Partition, LogState]:
        """See `Consumer`."""
        if not (self._broker.available and self._broker.tells_about_logs):
            raise BrokerUnavailable("the broker is away")
        states = {}
        for each in partitions:
            if each in self._broker.leaves_out or each not in self._broker.partitions(each.topic):
                continue
            log = self._broker.log(each)
            states[each] = LogState(log.start, log.end, self._broker.log_id(each.topic))
        return states

    async def close(self) -> None:
        """See `Consumer`."""
        if self in self._group.members:
            self._group.members.remove(self)
        self._next.clear()

    def _take(self) -> list[Record]:
        self._rebalance()
        taken: list[Record] = []
        for each, offset in self._next.items() if self._broker.available else ():
            log = self._broker.log(each)
            if not log.start <= offset <= log.end:
                offset = log.start
            found = log.read(offset, MAX_POLL_RECORDS - len(taken))
            self._next[each] = offset + len(found)
            taken += found
        return taken

    def _rebalance(self) -> None:
        """Partition n goes to member n, counted round."""
        members = self._group.members
        mine = {
            each
            for topic in self._topics
            for each in self._broker.partitions(topic)
            if members[each.number % len(members)] is self
        }
        for gone in self._next.keys() - mine:
            del self._next[gone]
        for new in sorted(mine - self._next.keys()):
            self._next[new] = self._group.offsets.get(new, self._broker.log(new).start)


def _is_text(name: str) -> bool:
    """A lone surrogate stands for a byte that is not UTF-8."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)
