"""What ingest shows of itself as metrics. Every series begins at zero, so that its first step is seen as one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from sluicegate_kit.kafka.ports import Partition, Record
from sluicegate_kit.metrics import (
    DEAD_LETTERS,
    INGEST_LAG,
    INGEST_PARTITIONS,
    INGEST_STALLED,
    INGESTED_RECORDS,
    LOGS_LOST,
    SKIPPED_RECORDS,
    Metrics,
)
from sluicegate_schemas.topics import DEAD_LETTER, Party, Topic


class Standing(Protocol):
    """How ingest stands at this moment."""

    @property
    def stalled_seconds(self) -> float:
        """Since its last whole turn."""

    @property
    def assigned(self) -> frozenset[Partition]:
        """What it reads."""

    @property
    def lags(self) -> Mapping[Partition, int]:
        """What it has not written yet."""


class Observed:
    """Counts what ingest does; how it stands is looked up when somebody reads the metrics."""

    def __init__(self, metrics: Metrics, topics: Iterable[Topic], party: Party) -> None:
        self._metrics = metrics
        self._topics = tuple(topics)
        of_all = [topic.name for topic in self._topics]
        owned = [topic.name for topic in self._topics if topic.owner is party and topic is not DEAD_LETTER]
        others = [name for name in of_all if name not in owned]
        self._records = {name: metrics.counter(INGESTED_RECORDS).labels(name) for name in of_all}
        self._lost = {name: metrics.counter(LOGS_LOST).labels(name) for name in of_all}
        skipped, dead = metrics.counter(SKIPPED_RECORDS), metrics.counter(DEAD_LETTERS)
        self._skipped = {name: skipped.labels(name) for name in others}
        self._dead = {name: dead.labels(name) for name in owned}

    def follow(self, standing: Standing) -> None:
        """Show how it stands whenever somebody asks."""

        def lag(topic: str) -> int:
            return sum(lag for partition, lag in standing.lags.items() if partition.topic == topic)

        self._metrics.gauge(INGEST_STALLED).set_function(lambda: standing.stalled_seconds)
        self._metrics.gauge(INGEST_PARTITIONS).set_function(lambda: len(standing.assigned))
        for topic in self._topics:
            self._metrics.gauge(INGEST_LAG).labels(topic.name).set_function(partial(lag, topic.name))

    def ingested(self, records: Sequence[Record]) -> None:
        """They are in the database."""
        for topic, count in Counter([record.topic for record in records]).items():
            self._records[topic].inc(count)

    def dead_lettered(self, topic: str) -> None:
        """A record could not be handled and was put aside."""
        self._dead[topic].inc()

    def skipped(self, topic: str) -> None:
        """A record could not be handled; its topic's owner puts it aside."""
        self._skipped[topic].inc()

    def log_lost(self, topic: str) -> None:
        """A partition is read anew from its start."""
        self._lost[topic].inc()
