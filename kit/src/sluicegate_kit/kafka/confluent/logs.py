"""Asks a broker what it keeps of a log, and whether that is still the same log."""

from collections.abc import Iterable, Sequence

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from sluicegate_kit.kafka.options import KafkaOptions, admin_config
from sluicegate_kit.kafka.ports import BrokerUnavailable, LogState, Partition

NO_TOPIC_ID = "A" * 22
"""The UUID of zeros in base64, from brokers before KIP-516."""


class LogQuestions:
    """Blocks while it asks: call it off the event loop. Connects at the first question."""

    def __init__(self, options: KafkaOptions) -> None:
        self._options = options
        self._seconds = options.answer_timeout_ms / 1000
        self._admin: AdminClient | None = None

    def ask(self, partitions: Sequence[Partition]) -> dict[Partition, LogState]:
        """The state of each log that the broker can tell about.

        Raises:
            BrokerUnavailable: no answer in time.
        """
        if self._admin is None:
            self._admin = AdminClient(admin_config(self._options))
        try:
            ids = self._log_ids(self._admin, {partition.topic for partition in partitions})
            starts = _offsets(self._admin, partitions, OffsetSpec.earliest(), self._seconds)
            ends = _offsets(self._admin, partitions, OffsetSpec.latest(), self._seconds)
        except KafkaException as error:
            raise BrokerUnavailable(str(error)) from error
        return {
            partition: LogState(starts[partition], ends[partition], ids.get(partition.topic))
            for partition in partitions
            if partition in starts and partition in ends
        }

    def _log_ids(self, admin: AdminClient, topics: Iterable[str]) -> dict[str, str]:
        cluster = admin.list_topics(timeout=self._seconds)
        if cluster.controller_id not in cluster.brokers:
            # The embedded broker has no controller to ask for topic ids. Its cluster id changes with every start.
            return dict.fromkeys(topics, f"cluster:{cluster.cluster_id}")
        known = [name for name in topics if name in cluster.topics]
        asked = admin.describe_topics(TopicCollection(known), request_timeout=self._seconds) if known else {}
        ids = {}
        for name, answer in asked.items():
            try:
                topic_id = answer.result().topic_id
            except KafkaException:
                continue  # deleted since, or not ours to describe: the offsets must do
            if topic_id is not None and str(topic_id) != NO_TOPIC_ID:
                ids[name] = f"topic:{topic_id}"
        return ids


def _offsets(
    admin: AdminClient, partitions: Sequence[Partition], spec: OffsetSpec, seconds: float
) -> dict[Partition, int]:
    asked = admin.list_offsets(
        {TopicPartition(partition.topic, partition.number): spec for partition in partitions},
        request_timeout=seconds,
    )
    offsets = {}
    for where, answer in asked.items():
        try:
            offsets[Partition(where.topic, where.partition)] = answer.result().offset
        except KafkaException:
            continue  # the topic is gone, or has no leader right now
    return offsets
