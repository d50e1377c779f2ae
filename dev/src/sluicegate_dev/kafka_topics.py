"""Creates, deletes and finds the contracts' topics on a broker that has CreateTopics.

The controller answers before the broker knows: a client could still write to a topic that was deleted. So every
function here returns only when the broker shows what was asked for.
"""

import time
from collections.abc import Iterable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from sluicegate_dev.processes import deadline
from sluicegate_schemas.broker.broker import Broker
from sluicegate_schemas.broker.plan import plan_topics
from sluicegate_schemas.broker.security import Security
from sluicegate_schemas.topics import TOPICS, Topic

_TIMEOUT_SECONDS = 20
_OPEN = Security()


def create_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS, *, security: Security = _OPEN) -> None:
    """Makes those that do not exist yet, as declared; says nothing of those that have grown beyond it.

    Raises:
        KafkaException, NotShown: the broker refused, or did not answer within 20 s.
    """
    topics = list(topics)
    broker = Broker(bootstrap_servers, security)
    broker.perform(plan_topics(topics, broker.topics(topics)).changes)
    broker.wait_for_topics(topics)


def delete_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """Deletes them with their records; the groups' committed offsets stay as long as a group member is there.

    Raises:
        KafkaException, TimeoutError: the broker refused, or did not answer within 20 s.
    """
    client = _client(bootstrap_servers)
    names = {topic.name for topic in topics}
    for deleted in client.delete_topics(list(names), operation_timeout=_TIMEOUT_SECONDS).values():
        deleted.result(_TIMEOUT_SECONDS)
    until = deadline(_TIMEOUT_SECONDS)
    while not names.isdisjoint(client.list_topics(timeout=_TIMEOUT_SECONDS).topics):
        if time.monotonic() > until:
            raise TimeoutError(f"the broker still shows deleted topics after {_TIMEOUT_SECONDS} s")
        time.sleep(0.02)


def recreate_topics(bootstrap_servers: str, topics: Iterable[Topic] = TOPICS) -> None:
    """The same names with new topic ids and empty logs."""
    topics = list(topics)
    delete_topics(bootstrap_servers, topics)
    create_topics(bootstrap_servers, topics)


def answers(bootstrap_servers: str, *, security: Security = _OPEN) -> bool:
    """Whether a broker answers there within 2 s."""
    try:
        return bool(_client(bootstrap_servers, security).list_topics(timeout=2).brokers)
    except KafkaException:
        return False


def _client(bootstrap_servers: str, security: Security = _OPEN) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0, **security.librdkafka()})
