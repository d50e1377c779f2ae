"""The two ways in which a whole log is lost: with everything that the broker kept, or with all but the offsets."""

from collections.abc import Mapping
from typing import TypeAlias

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from sluicegate_dev.kafka_topics import recreate_topics
from sluicegate_schemas.topics import Topic
from tests.support.kafka import RealKafka

TIMEOUT_SECONDS = 20

Offsets: TypeAlias = Mapping[tuple[str, int], int]
"""Committed, by topic and partition."""


def wipe(kafka: RealKafka) -> None:
    """kill -9 and an empty log directory: another cluster answers at the same address."""
    kafka.wipe()
    kafka.start()


def recreate(kafka: RealKafka) -> None:
    """The topics are made anew, and every group still has the offsets that it committed to the old ones."""
    client = AdminClient({"bootstrap.servers": kafka.bootstrap_servers, "log_level": 0})
    groups = [group.group_id for group in client.list_consumer_groups().result(TIMEOUT_SECONDS).valid or []]
    kept = {group: _committed(client, group) for group in groups if group.startswith("sluicegate-")}
    assert any(kept.values())
    recreate_topics(kafka.bootstrap_servers)
    for group, offsets in kept.items():
        # A group without members loses its offsets with its topics; that would make it too easy.
        if offsets and not _committed(client, group):
            _commit(client, group, offsets)


def records(kafka: RealKafka, topic: Topic) -> int:
    """How many have ever been written to the log that is there now."""
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap_servers, "group.id": "onlooker"})
    try:
        partitions = (TopicPartition(topic.name, number) for number in range(topic.partitions))
        return sum(consumer.get_watermark_offsets(each, timeout=TIMEOUT_SECONDS)[1] for each in partitions)
    finally:
        consumer.close()


def _committed(client: AdminClient, group: str) -> Offsets:
    (answer,) = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values()
    found = answer.result(TIMEOUT_SECONDS).topic_partitions
    return {(each.topic, each.partition): each.offset for each in found if each.offset >= 0}


def _commit(client: AdminClient, group: str, offsets: Offsets) -> None:
    positions = [TopicPartition(topic, number, offset) for (topic, number), offset in offsets.items()]
    (answer,) = client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, positions)]).values()
    answer.result(TIMEOUT_SECONDS)
