"""Tries, one by one, what a user may do on a broker: true if the broker did it or refused it for another reason."""

from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicCollection
from confluent_kafka import TopicPartition as Place
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)
from confluent_kafka.cimpl import KafkaError, NewPartitions, NewTopic

TIMEOUT_SECONDS = 20
REFUSALS = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)
ON_TOPIC = ("Read", "Write", "Describe", "Create", "Alter", "Delete", "DescribeConfigs", "AlterConfigs")
ON_GROUP = ("Read", "Describe", "Delete")
ON_CLUSTER = ("Create", "Describe", "Alter")


class Probe:
    """One user's connections."""

    def __init__(self, client: dict[str, Any], group: str) -> None:
        """`group`: one that the user may read in."""
        self._admin = AdminClient(client)
        self._producer = Producer(client)
        self._consumer = Consumer({**client, "group.id": group, "auto.offset.reset": "earliest"})

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def may_on_topic(self, operation: str, topic: str) -> bool:
        """Whether the user may do it to the topic, whose partition 0 holds a record."""
        one, admin = ConfigResource(ResourceType.TOPIC, topic), self._admin
        match operation:
            case "Read":
                return self._may_read(topic)
            case "Write":
                return self._may_write(topic)
            case "Describe":
                return _may(admin.describe_topics(TopicCollection([topic])).values)
            case "Create":
                return _may(admin.create_topics([NewTopic(topic, 1)]).values)
            case "Alter":
                return _may(admin.create_partitions([NewPartitions(topic, 1)]).values)
            case "Delete":
                return _may(admin.delete_topics([topic]).values)
            case "DescribeConfigs":
                return _may(admin.describe_configs([one]).values)
            case "AlterConfigs":
                entry = ConfigEntry("retention.ms", "1", incremental_operation=AlterConfigOpType.SET)
                change = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
                return _may(admin.incremental_alter_configs([change]).values)
        raise AssertionError(operation)

    def may_on_group(self, operation: str, group: str, topic: str) -> bool:
        """Whether the user may do it to the consumer group; `topic` is one that the user may read."""
        match operation:
            case "Read":
                offsets = ConsumerGroupTopicPartitions(group, [Place(topic, 0, 0)])
                return _may(self._admin.alter_consumer_group_offsets([offsets]).values)
            case "Describe":
                return _may(self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values)
            case "Delete":
                return _may(self._admin.delete_consumer_groups([group]).values)
        raise AssertionError(operation)

    def may_on_cluster(self, operation: str, user: str) -> bool:
        """Whether the user may do it to the cluster; above all, give itself rights."""
        principal, allow = f"User:{user}", AclPermissionType.ALLOW
        match operation:
            case "Create":
                return _may(self._admin.create_topics([NewTopic("other", 1)]).values)
            case "Describe":
                # librdkafka passes over the broker's refusal, and shows no rights at all. Every user has some.
                mine: tuple[Any, ...] = (ResourceType.ANY, None, ResourcePatternType.ANY)
                mine += (principal, None, AclOperation.ANY, allow)
                return bool(self._admin.describe_acls(AclBindingFilter(*mine)).result(TIMEOUT_SECONDS))
            case "Alter":
                right = (ResourceType.TOPIC, "other", ResourcePatternType.LITERAL, principal, "*")
                return _may(self._admin.create_acls([AclBinding(*right, AclOperation.WRITE, allow)]).values)
        raise AssertionError(operation)

    def _may_write(self, topic: str) -> bool:
        errors: list[KafkaError | None] = []
        try:
            self._producer.produce(topic, b"{}", partition=0, on_delivery=lambda error, _: errors.append(error))
        except KafkaException as error:
            return _is_allowed(error.args[0])
        assert self._producer.flush(TIMEOUT_SECONDS) == 0
        return _is_allowed(errors[0])

    def _may_read(self, topic: str) -> bool:
        # The client asks for no records of a topic whose place it isn't told.
        if not _is_allowed(self._consumer.list_topics(topic, TIMEOUT_SECONDS).topics[topic].error):
            return False
        self._consumer.assign([Place(topic, 0, 0)])
        answers = iter(lambda: self._consumer.poll(TIMEOUT_SECONDS), None)
        # One about the topic before may still be on its way.
        return _is_allowed(next(answer.error() for answer in answers if answer.topic() == topic))


def _may(answers: Callable[[], Iterable[Any]]) -> bool:
    (answer,) = answers()
    try:
        answer.result(TIMEOUT_SECONDS)
    except KafkaException as error:
        return _is_allowed(error.args[0])
    return True


def _is_allowed(error: KafkaError | None) -> bool:
    return error is None or error.code() not in REFUSALS
