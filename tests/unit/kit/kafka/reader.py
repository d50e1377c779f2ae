"""A service that writes down what it reads, on the twin of Kafka."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Table
from sluicegate_kit.kafka.ingest import Ingest, Subscription
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer
from sluicegate_kit.kafka.ports import Partition, Record
from sluicegate_kit.metrics import Metrics
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import FLEET_CONTROL, Party, Topic
from tests.support.memory_writes import MemoryWrites

GROUP = "sluicegate-test"
THE_ONE = Partition(FLEET_CONTROL.name, 0)


class Seen(NamedTuple):
    """One row of the reader's table."""

    value: bytes
    times: int


SEEN = Table("seen", Seen, key="value")


@dataclass(frozen=True, slots=True)
class See(Operation[None]):
    """Count the value."""

    value: bytes

    def locks(self) -> Iterable[Need]:
        return [SEEN.lock(self.value)]

    def decide(self, rows: Rows) -> None:
        if self.value.startswith(b"bad when decided"):
            raise MalformedRecord("job-id-conflict", "the same id with other content")
        if self.value.startswith(b"bug"):
            raise KeyError(self.value)
        before = rows.get(SEEN, self.value)
        rows.put(SEEN, Seen(self.value, 1 if before is None else before.times + 1))


def interpret(record: Record) -> See | None:
    """`bad…` is malformed, `other…` is for somebody else."""
    value = record.value or b""
    if not value or value == b"bad":
        raise MalformedRecord("not-json", "this is not JSON")
    return None if value.startswith(b"other") else See(value)


class Reader:
    """The service, its database and its broker."""

    def __init__(
        self,
        *,
        party: Party = Party.WORKER,
        topic: Topic = FLEET_CONTROL,
        message_max_bytes: int = RECORD_BYTES,
    ) -> None:
        self.broker = MemoryBroker()
        self.writes = MemoryWrites()
        self.party = party
        self.topic = topic
        self.message_max_bytes = message_max_bytes
        self.losses = 0
        self.metrics = Metrics()
        self.restart()

    def restart(self, *, log_check_seconds: float = 3600) -> None:
        """A new process takes over: same database, same group."""
        self.broker.group(GROUP).members.clear()
        self.consumer = MemoryConsumer(self.broker, GROUP, [self.topic.name], poll_seconds=0)
        self.ingest = Ingest(
            self.consumer,
            self.writes,
            [Subscription(self.topic, interpret)],
            party=self.party,
            on_log_lost=self.on_log_lost,
            metrics=self.metrics,
            message_max_bytes=self.message_max_bytes,
            log_check_seconds=log_check_seconds,
            again_seconds=0,
        )

    async def on_log_lost(self) -> None:
        self.losses += 1

    def produce(self, *values: bytes) -> None:
        for value in values:
            self.broker.append(Message(self.topic.name, "fleet", value, (("ce_id", b"7"),)))

    async def turns(self, number: int = 2) -> None:
        """One to read, one to keep the positions."""
        for _ in range(number):
            await self.ingest.turn()

    @property
    def seen(self) -> dict[bytes, int]:
        return {row.value: row.times for row in self.writes.rows(SEEN)}

    @property
    def committed(self) -> int | None:
        return self.broker.committed(GROUP).get(Partition(self.topic.name, 0))
