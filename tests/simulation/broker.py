"""Kafka, with more disorder than a healthy broker has: any partition first, a few records at a time, twice, again."""

from collections.abc import Callable, Sequence

from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer
from sluicegate_kit.kafka.ports import Partition, Record
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import JobLifecycle
from sluicegate_schemas.topics import JOB_LIFECYCLE, TOPICS, Party
from tests.simulation.chance import Chance

PARTITIONS = 3


class Broker(MemoryBroker):
    """Remembers what the worker has ever told, which no loss of a log makes untold."""

    def __init__(self, chance: Chance, now: Callable[[], float]) -> None:
        super().__init__(now=now)
        self._chance = chance
        self._told: list[bytes] = []
        self._partitions: dict[str, list[Partition]] = {}
        self.produced: set[object] = set()
        """Ids of all messages that were ever in a log."""

    @property
    def lifecycles(self) -> list[JobLifecycle]:
        """Everything that the worker has told of its runs, each as often as it was sent."""
        return [JobLifecycle.model_validate_json(value) for value in self._told]

    def partitions(self, topic: str) -> list[Partition]:
        """Fewer than the contracts say: enough for disorder."""
        known = self._partitions.get(topic)
        if known is None:
            known = self._partitions[topic] = [each for each in super().partitions(topic) if each.number < PARTITIONS]
        return known

    def produce(self, message: Message, party: Party) -> None:
        """From one of the services; now and then twice."""
        self.produced.add(message.id)
        if message.topic == JOB_LIFECYCLE.name and party is Party.WORKER:
            self._told.append(message.value)
        self.append(message)
        if self._chance.bad(0.03):
            self.append(message)

    def repeat_something(self) -> None:
        """An old record once more, at the end of its log."""
        written = [records for topic in TOPICS if (records := self.records(topic.name))]
        if written:
            old = self._chance.one(self._chance.one(written))
            key = None if old.key is None else old.key.decode()
            self.append(Message(old.topic, key, old.value or b"", old.headers, new_id()))


class RestlessConsumer(MemoryConsumer):
    """Takes partitions in any order, and never waits."""

    def __init__(self, broker: Broker, group: str, topics: Sequence[str], chance: Chance) -> None:
        super().__init__(broker, group, topics)
        self._chance = chance

    async def poll(self) -> Sequence[Record]:
        """See `Consumer`; a group begins at the start."""
        self._join()
        if not self._broker.available:
            return []
        taken: list[Record] = []
        partitions = self._unread()
        many = len(partitions) if self._chance.calm else min(len(partitions), self._chance.random.randint(1, 4))
        for each in self._chance.random.sample(partitions, many):
            log = self._broker.log(each)
            offset = self._next[each]
            if not log.start <= offset <= log.end:
                offset = log.start
            found = log.read(offset, 100 if self._chance.calm else self._chance.random.randint(1, 6))
            self._next[each] = offset + len(found)
            taken += found
        return taken

    @property
    def unread(self) -> bool:
        """Whether there is something to be read. Joins the group, so that the answer counts."""
        self._join()
        return bool(self._unread())

    def rewind(self) -> None:
        """Read some of it again."""
        for each in sorted(self._next):
            if self._chance.good(0.3):
                back = self._chance.random.randint(1, 5)
                self._next[each] = max(self._broker.log(each).start, self._next[each] - back)

    def leave(self) -> None:
        """The others take over."""
        if self in self._group.members:
            self._group.members.remove(self)
        self._next.clear()

    def _join(self) -> None:
        if self not in self._group.members:
            self._group.members.append(self)
        self._rebalance()

    def _unread(self) -> list[Partition]:
        return [each for each in sorted(self._next) if self._next[each] != self._broker.log(each).end]
