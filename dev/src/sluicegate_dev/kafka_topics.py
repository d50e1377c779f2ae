"""Creates the contracts' topics on a broker that has CreateTopics.

The controller answers before the broker knows: a client could still write to a topic that was deleted. So every
function here returns only when the broker shows what was asked for.
"""

import time
from collections.abc import Callable, Iterable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import KafkaError, NewTopic

from sluicegate_dev.processes import deadline
from sluicegate_schemas.topics import TOPICS, Topic

_TIMEOUT_SECONDS = 20


def create_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """Makes those that do not exist yet, as declared: partitions, retention, largest record.

    Raises:
        KafkaException, TimeoutError: the broker refused, or did not answer within 20 s.
    """
    topics = list(topics)
    names = {topic.name for topic in topics}
    wanted = [
        NewTopic(
            topic.name,
            num_partitions=topic.partitions,
            replication_factor=1,
            config={
                "retention.ms": str(topic.retention_ms),
                "max.message.bytes": str(topic.max_message_bytes),
            },
        )
        for topic in topics
    ]
    client = _client(bootstrap_servers)
    for created in client.create_topics(wanted, operation_timeout=_TIMEOUT_SECONDS).values():
        try:
            created.result(_TIMEOUT_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    _wait_until(lambda: names <= _led_topics(client))


def delete_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """Deletes them with their records; the groups' committed offsets stay as long as a group member is there.

    Raises:
        KafkaException, TimeoutError: the broker refused, or did not answer within 20 s.
    """
    client = _client(bootstrap_servers)
    names = {topic.name for topic in topics}
    for deleted in client.delete_topics(list(names), operation_timeout=_TIMEOUT_SECONDS).values():
        deleted.result(_TIMEOUT_SECONDS)
    _wait_until(lambda: names.isdisjoint(client.list_topics(timeout=_TIMEOUT_SECONDS).topics))


def recreate_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """The same names with new topic ids and empty logs."""
    topics = list(topics)
    delete_topics(bootstrap_servers, topics)
    create_topics(bootstrap_servers, topics)


def answers(bootstrap_servers: str) -> bool:
    """Whether a broker answers there within 2 s."""
    try:
        return bool(_client(bootstrap_servers).list_topics(timeout=2).brokers)
    except KafkaException:
        return False


def _led_topics(client: AdminClient) -> set[str]:
    topics = client.list_topics(timeout=_TIMEOUT_SECONDS).topics
    return {name for name, topic in topics.items() if all(p.leader >= 0 for p in topic.partitions.values())}


def _wait_until(shown: Callable[[], bool]) -> None:
    until = deadline(_TIMEOUT_SECONDS)
    while not shown():
        if time.monotonic() > until:
            raise TimeoutError(f"the broker did not show its topics as asked within {_TIMEOUT_SECONDS} s")
        time.sleep(0.02)


def _client(bootstrap_servers: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
