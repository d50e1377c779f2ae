"""Creates the contracts' topics on a broker that has CreateTopics."""

from collections.abc import Iterable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import KafkaError, NewTopic

from sluicegate_schemas.topics import TOPICS, Topic

_TIMEOUT_SECONDS = 20


def create_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """Makes those that do not exist yet, as declared: partitions, retention, largest record.

    Raises:
        KafkaException: the broker refused, or did not answer within 20 s.
    """
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


def delete_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """Deletes them with their records; the groups' committed offsets stay as long as a group member is there.

    Raises:
        KafkaException: the broker refused, or did not answer within 20 s.
    """
    client = _client(bootstrap_servers)
    names = [topic.name for topic in topics]
    for deleted in client.delete_topics(names, operation_timeout=_TIMEOUT_SECONDS).values():
        deleted.result(_TIMEOUT_SECONDS)


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


def _client(bootstrap_servers: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
