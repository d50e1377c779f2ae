"""Finds a real Apache Kafka for the tests."""

from pathlib import Path
from typing import Protocol

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from sluicegate_dev.errors import CannotRunHere
from sluicegate_dev.kafka_jvm import JvmKafka
from sluicegate_dev.kafka_topics import recreate_topics
from tests.support.kafka_container import ContainerKafka, require_image


class RealKafka(Protocol):
    """A broker process that a test may stop, kill and wipe."""

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start; the same over restarts."""
        ...

    def start(self) -> None:
        """Returns when it answers and has every topic; raises `CannotRunHere` or `DidNotStart`."""
        ...

    def stop(self) -> None:
        """Ends it in order; its log stays."""
        ...

    def kill(self) -> None:
        """kill -9; its log stays."""
        ...

    def wipe(self) -> None:
        """Kills it; every record, topic and committed offset is gone."""
        ...


def start_real_kafka(folder: Path) -> RealKafka:
    """From the public image if a container engine has or can get it, else from Maven's jars.

    Raises:
        CannotRunHere: neither can be had; the message says why.
    """
    kafka: RealKafka
    try:
        require_image()
        kafka = ContainerKafka()
    except CannotRunHere as no_image:
        kafka = JvmKafka(folder)
        try:
            kafka.start()
        except CannotRunHere as no_jvm:
            raise CannotRunHere(f"{no_image}; {no_jvm}") from no_jvm
    else:
        kafka.start()
    return kafka


def forget_everything(kafka: RealKafka) -> None:
    """Empties the broker between two tests: no group, no committed offset, new topics of the same names."""
    client = AdminClient({"bootstrap.servers": kafka.bootstrap_servers, "log_level": 0})
    groups = [group.group_id for group in client.list_consumer_groups().result(10).valid or []]
    if groups:
        for deleted in client.delete_consumer_groups(groups).values():
            try:
                deleted.result(10)
            except KafkaException:
                # A killed member of an earlier test still counts as one until its session times out.
                continue
    recreate_topics(kafka.bootstrap_servers)
