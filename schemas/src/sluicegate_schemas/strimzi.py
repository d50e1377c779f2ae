"""Topics and rights as Strimzi's operators read them: one KafkaTopic per topic, one KafkaUser per party."""

from collections.abc import Iterator

from sluicegate_schemas.rights import Right, rights_of, user_of
from sluicegate_schemas.topics import TOPICS, Party, Topic

CLUSTER = "kafka"
"""The Kafka resource's name; whoever calls theirs something else replaces the label."""
MADE = "# Made by `python -m sluicegate_schemas generate` from schemas/; docs/operations.md says how to apply it.\n"


def topics_yaml() -> str:
    """Every topic. How many copies are kept is the cluster's to say."""
    return MADE + "---\n".join(map(_topic, TOPICS))


def users_yaml() -> str:
    """Every party's user, with a password that Strimzi makes, and its rights."""
    return MADE + "---\n".join(map(_user, Party))


def _topic(topic: Topic) -> str:
    return f"""{_head("KafkaTopic", topic.name)}spec:
  partitions: {topic.partitions}
  config:
    retention.ms: {topic.retention_ms}
    max.message.bytes: {topic.max_message_bytes}
"""


def _user(party: Party) -> str:
    rules = "".join(line for right in rights_of(party, user_of(party)) for line in _rule(right))
    return f"""{_head("KafkaUser", user_of(party))}spec:
  authentication:
    type: scram-sha-512
  authorization:
    type: simple
    acls:
{rules}"""


def _head(kind: str, name: str) -> str:
    return f"""apiVersion: kafka.strimzi.io/v1
kind: {kind}
metadata:
  name: {name}
  labels:
    strimzi.io/cluster: {CLUSTER}
"""


def _rule(right: Right) -> Iterator[str]:
    yield "      - resource:\n"
    yield f"          type: {right.kind}\n"
    yield f"          name: {right.name}\n"
    if right.prefixed:
        yield "          patternType: prefix\n"
    yield f"        operations: [{', '.join(right.operations)}]\n"
