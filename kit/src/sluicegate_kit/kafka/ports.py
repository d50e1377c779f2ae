"""What the kit needs from a Kafka client. The adapter and its twin in memory keep one contract and pass one suite."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from sluicegate_schemas.envelope import Message

MAX_POLL_RECORDS = 500
BAD_HEADER = "the name of a header is not UTF-8"
"""A `flaw`."""


class KafkaError(Exception):
    """Something that Kafka, or the way to it, did not do."""


class RecordTooLarge(KafkaError):
    """No broker will take this record: it is over the size that the topics allow."""


class NotDelivered(KafkaError):
    """The broker did not acknowledge the record in time. It may or may not be in the log."""


class BrokerUnavailable(KafkaError):
    """The broker gave no answer in time. Ask again later."""


class BrokerFatal(KafkaError):
    """The client can't go on. The process must end; a new one starts with a new client."""


class Partition(NamedTuple):
    """One partition of a topic."""

    topic: str
    number: int


class Record(NamedTuple):
    """A record as it was read. A named tuple: one is made per record, and a frozen dataclass costs three times more."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int
    """Milliseconds since 1970 in UTC, by its producer's clock; -1 if unknown."""
    flaw: str | None = None
    """What could not be read of it, if something: whoever wrote it keeps to no contract. Then it has no headers."""

    def header(self, name: str) -> bytes | None:
        """The first header of this name."""
        for found, value in self.headers:
            if found == name:
                return value
        return None


Positions: TypeAlias = Mapping[Partition, int]
"""The next offset to read, per partition."""


@dataclass(frozen=True, slots=True)
class LogState:
    """What the broker keeps of one partition at this moment."""

    start: int
    """Offset of the oldest record that is left."""
    end: int
    """Offset that the next record will get."""
    log_id: str | None
    """Another log has another one: the topic's id where the broker gives one, else the cluster's. None: unknown."""


OnDelivered: TypeAlias = Callable[[Message, KafkaError | None], None]
"""Called once per message. None: acknowledged by every replica in sync. Must not block or raise."""


class Producer(Protocol):
    """Sends records. Records of one partition keep their order and are not doubled by the client's own retries."""

    def send(self, messages: Sequence[Message], on_delivered: OnDelivered) -> None:
        """Hand the messages over in order, as one burst. Never blocks and never raises.

        `on_delivered` is called on the event loop, later, with None or with `RecordTooLarge` (no use to try again) or
        `NotDelivered` (at the latest 20 s after this call).
        """

    async def run(self) -> None:
        """Serve deliveries until `stop`, then wait for what is on its way, at most 10 s.

        Raises:
            BrokerFatal: the client can't go on.
        """

    def stop(self) -> None:
        """Let `run` return."""


class Consumer(Protocol):
    """Reads some topics as a member of a group, in the order of each partition."""

    @property
    def assigned(self) -> frozenset[Partition]:
        """The partitions that this member owns, as of the last `poll`."""

    async def poll(self) -> Sequence[Record]:
        """The next records: waits for the first, up to the poll timeout, then takes what is there, at most 500.

        A new group begins at the start of each log, and so does a member whose offset the broker no longer has.

        Raises:
            BrokerFatal: the client can't go on.
        """

    async def seek(self, to: Positions) -> None:
        """Read on from these offsets. Partitions that are no longer assigned are left alone.

        Raises:
            BrokerUnavailable: not possible now; some may be done.
        """

    def commit(self, positions: Positions) -> None:
        """Remember these for the group. Returns at once; sent soon, at the latest when they are given up."""

    async def logs(self, partitions: Iterable[Partition]) -> Mapping[Partition, LogState]:
        """The state of these logs, asked of the broker now. A partition that it can't tell about is left out.

        Raises:
            BrokerUnavailable: no answer in time.
        """

    async def close(self) -> None:
        """Send what was committed and leave the group, so that others take over at once."""
