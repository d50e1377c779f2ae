"""The reader on a broker in memory: it knows when it has read all there is, whatever else lies there or is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sluicegate_insights.bootstrap import group_of_process
from sluicegate_insights.domain.facts import Facts
from sluicegate_insights.reader import KEPT_SECONDS, Progress, Reader
from sluicegate_insights.records import TOPICS
from sluicegate_kit.clock import ManualClock
from sluicegate_kit.kafka.memory import MemoryBroker, MemoryConsumer
from sluicegate_kit.metrics import LOGS_LOST, SKIPPED_RECORDS, Metrics
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.topics import JOB_LIFECYCLE
from tests.unit.insights.events import NOON, created, decided, lifecycle

pytestmark = pytest.mark.anyio


class Replica:
    """One reader, turned by hand."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.facts, self.clock, self.metrics = Facts(), ManualClock(NOON), Metrics()
        self.consumer = MemoryConsumer(broker, group_of_process(), [topic.name for topic in TOPICS], poll_seconds=0)
        self.reader = Reader(self.consumer, self.facts, self.clock, self.metrics)

    async def catch_up(self) -> Progress:
        """Looks where the log ends, and reads up to there."""
        for _ in range(3):
            await self.reader.turn()
            await self.reader.look()
        return self.reader.progress


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
async def replica(broker: MemoryBroker) -> AsyncIterator[Replica]:
    replica = Replica(broker)
    yield replica
    await replica.consumer.close()


def of_jobs(count: int) -> list[Message]:
    return [lifecycle(f"job-{number}", Status.SUCCEEDED) for number in range(count)]


async def test_it_is_complete_when_everything_is_read_that_was_there_at_first(
    broker: MemoryBroker, replica: Replica
) -> None:
    for message in of_jobs(1_200):
        broker.append(message)
    await replica.reader.turn()
    await replica.reader.look()
    assert replica.reader.progress == Progress(complete=False, behind=700)
    broker.append(created("later"))
    await replica.reader.turn()
    await replica.reader.turn()
    await replica.reader.look()
    assert replica.reader.progress.complete
    assert await replica.catch_up() == Progress(complete=True, behind=0)
    assert len(replica.facts.ended) == 1_200


async def test_an_empty_log_is_read_at_once(replica: Replica) -> None:
    assert await replica.catch_up() == Progress(complete=True, behind=0)


async def test_two_replicas_know_the_same(broker: MemoryBroker, replica: Replica) -> None:
    for message in (*of_jobs(10), created("a"), decided("a", Outcome.APPROVED), created("b")):
        broker.append(message)
    other = Replica(broker)
    await replica.catch_up()
    await other.catch_up()
    assert vars(replica.facts) == vars(other.facts)
    await other.consumer.close()


async def test_what_is_no_event_is_counted_and_skipped(broker: MemoryBroker, replica: Replica) -> None:
    broker.append(Message(JOB_LIFECYCLE.name, "job-1", b"\xff"))
    broker.append(lifecycle("job-1", Status.SUCCEEDED))
    await replica.catch_up()
    assert len(replica.facts.ended) == 1
    counted = replica.metrics.counter(SKIPPED_RECORDS).labels(JOB_LIFECYCLE.name)
    assert counted._value.get() == 1


async def test_a_lost_log_is_read_from_its_start_and_what_is_known_stays(
    broker: MemoryBroker, replica: Replica
) -> None:
    for message in of_jobs(5):
        broker.append(message)
    await replica.catch_up()
    broker.lose_log()
    for number in range(20):
        broker.append(lifecycle(f"new-{number}", Status.FAILED))
    assert await replica.catch_up() == Progress(complete=True, behind=0)
    assert len(replica.facts.ended) == 25
    lost = replica.metrics.counter(LOGS_LOST).labels(JOB_LIFECYCLE.name)
    assert lost._value.get() == JOB_LIFECYCLE.partitions


async def test_a_log_lost_before_it_was_read_to_its_end_does_not_keep_it_waiting(
    broker: MemoryBroker, replica: Replica
) -> None:
    for message in of_jobs(1_200):
        broker.append(message)
    await replica.reader.turn()
    await replica.reader.look()
    broker.lose_log()
    assert await replica.catch_up() == Progress(complete=True, behind=0)


async def test_a_broker_that_is_away_leaves_it_without_a_word_on_how_far_it_is(
    broker: MemoryBroker, replica: Replica
) -> None:
    await replica.catch_up()
    broker.available = False
    assert await replica.catch_up() == Progress(complete=True, behind=None)
    broker.available = True
    assert await replica.catch_up() == Progress(complete=True, behind=0)


async def test_what_kafka_has_dropped_is_forgotten_and_what_still_waits_is_not(
    broker: MemoryBroker, replica: Replica
) -> None:
    for message in (*of_jobs(3), created("over"), decided("over", Outcome.REJECTED), created("waits")):
        broker.append(message)
    await replica.catch_up()
    replica.clock.advance(KEPT_SECONDS - 1)
    await replica.reader.forget()
    assert len(replica.facts.ended) == 3
    replica.clock.advance(timedelta(seconds=2).total_seconds())
    await replica.reader.forget()
    assert not replica.facts.ended
    assert not replica.facts.decided
    assert len(replica.facts.asked) == 1
