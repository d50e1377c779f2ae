"""Reads a broker and changes it. The controller answers before the brokers know, so a change is done when it shows."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from confluent_kafka import KafkaException
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

from sluicegate_schemas.broker.plan import Change, CreateTopic, Grant, RaisePartitions, SetConfig, Withdraw
from sluicegate_schemas.broker.security import Security
from sluicegate_schemas.broker.state import Acl, Kept, KeptTopic, config_of
from sluicegate_schemas.topics import Topic

TIMEOUT_SECONDS = 20
LOOK_AGAIN_SECONDS = 0.02
BROKERS_DEFAULT = -1
"""As replication factor: how many copies are kept is the cluster's to say."""


class NotShown(Exception):
    """The broker took the changes and did not show them in time."""

    def __init__(self) -> None:
        super().__init__(f"the broker did not show what it was asked for within {TIMEOUT_SECONDS} s")


class Broker:
    """An administrator's connection. Every call blocks, for at most 20 s, and may raise `KafkaException`."""

    def __init__(self, bootstrap_servers: str, security: Security | None = None) -> None:
        """Connects at the first call."""
        self._troubles: list[str] = []
        config: dict[str, Any] = {
            "bootstrap.servers": bootstrap_servers,
            "client.id": "sluicegate-topics",
            "log_level": 0,
            "error_cb": self._on_error,
        }
        self._client = AdminClient(config | (security or Security()).librdkafka())

    def trouble(self) -> str | None:
        """What the client last had to say about the connection: a wrong password is a time-out to everybody else."""
        self._client.poll(0)
        return self._troubles[-1] if self._troubles else None

    def _on_error(self, error: KafkaError) -> None:
        if error.code() != KafkaError._ALL_BROKERS_DOWN:  # says nothing of why
            self._troubles.append(error.str())

    def topics(self, topics: Iterable[Topic]) -> Kept:
        """Those of the topics that are there."""
        listed = self._client.list_topics(timeout=TIMEOUT_SECONDS).topics
        present = [topic for topic in topics if topic.name in listed]
        asked = [ConfigResource(ResourceType.TOPIC, topic.name) for topic in present]
        answers = self._client.describe_configs(asked, request_timeout=TIMEOUT_SECONDS) if asked else {}
        told = {resource.name: _result(answer) for resource, answer in answers.items()}
        return Kept(
            {
                topic.name: KeptTopic(
                    len(listed[topic.name].partitions),
                    {name: told[topic.name][name].value for name in config_of(topic)},
                )
                for topic in present
            }
        )

    def rights(self) -> Kept:
        """Everybody's. Raises KafkaException too where the broker has no authorizer."""
        anybody: Any = None
        everything = AclBindingFilter(
            ResourceType.ANY,
            anybody,
            ResourcePatternType.ANY,
            anybody,
            anybody,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        found = self._client.describe_acls(everything, request_timeout=TIMEOUT_SECONDS)
        return Kept(acls=frozenset(map(_acl, _result(found))))

    def perform(self, changes: Sequence[Change], done: Callable[[Change], None] = lambda change: None) -> None:
        """All of them; returns when the broker shows them. What another process has just done as well is done.

        `done` is told of each that the broker has taken.

        Raises:
            KafkaException: the broker refused one; those that were told of are done.
            NotShown
        """
        for change, answer in self._ask_for(changes):
            try:
                _result(answer)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
            done(change)
        self._wait_until_shown(changes)

    def _ask_for(self, changes: Sequence[Change]) -> Iterator[tuple[Change, "Future[Any]"]]:
        client, limit = self._client, TIMEOUT_SECONDS
        answers: Mapping[Any, Future[Any]]
        if created := [change for change in changes if isinstance(change, CreateTopic)]:
            answers = client.create_topics([_new(change.topic) for change in created], operation_timeout=limit)
            yield from zip(created, answers.values(), strict=True)
        if granted := [change for change in changes if isinstance(change, Grant)]:
            answers = client.create_acls([AclBinding(*_words(change.acl)) for change in granted], request_timeout=limit)
            yield from zip(granted, answers.values(), strict=True)
        for change in changes:
            match change:
                case RaisePartitions(topic):
                    answers = client.create_partitions([NewPartitions(topic.name, topic.partitions)])
                case SetConfig(topic, name, _, wanted):
                    entry = ConfigEntry(name, str(wanted), incremental_operation=AlterConfigOpType.SET)
                    resource = ConfigResource(ResourceType.TOPIC, topic.name, incremental_configs=[entry])
                    answers = client.incremental_alter_configs([resource], request_timeout=limit)
                case Withdraw(acl):
                    answers = client.delete_acls([AclBindingFilter(*_words(acl))], request_timeout=limit)
                case _:
                    continue
            yield from ((change, answer) for answer in answers.values())

    def wait_for_topics(self, topics: Iterable[Topic]) -> None:
        """Until each is there, with a leader for every partition that is declared.

        Raises:
            NotShown
        """
        wanted = list(topics)
        _wait(lambda: self._shows(wanted))

    def _wait_until_shown(self, changes: Sequence[Change]) -> None:
        if topics := [change.topic for change in changes if not isinstance(change, Grant | Withdraw)]:
            self.wait_for_topics(topics)
        for change in changes:
            if isinstance(change, SetConfig):
                _wait(partial(self._shows_config, change))
        granted = {change.acl for change in changes if isinstance(change, Grant)}
        withdrawn = {change.acl for change in changes if isinstance(change, Withdraw)}
        if granted or withdrawn:
            _wait(lambda: granted <= (now := self.rights().acls) and withdrawn.isdisjoint(now))

    def _shows_config(self, change: SetConfig) -> bool:
        shown = self.topics([change.topic]).topics[change.topic.name].config
        return shown[change.name] == str(change.wanted)

    def _shows(self, topics: Sequence[Topic]) -> bool:
        listed = self._client.list_topics(timeout=TIMEOUT_SECONDS).topics
        return all(
            topic.name in listed
            and len(listed[topic.name].partitions) >= topic.partitions
            and all(partition.leader >= 0 for partition in listed[topic.name].partitions.values())
            for topic in topics
        )


def _wait(shown: Callable[[], bool]) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while not shown():
        if time.monotonic() > until:
            raise NotShown
        time.sleep(LOOK_AGAIN_SECONDS)


def _result(answer: "Future[Any]") -> Any:
    return answer.result(TIMEOUT_SECONDS)


def _new(topic: Topic) -> NewTopic:
    config = {name: str(value) for name, value in config_of(topic).items()}
    return NewTopic(topic.name, topic.partitions, BROKERS_DEFAULT, config=config)


def _acl(found: AclBinding) -> Acl:
    return Acl(
        found.principal,
        ResourceType(found.restype).name.lower(),
        found.name,
        found.resource_pattern_type is ResourcePatternType.PREFIXED,
        AclOperation(found.operation).name,
        found.host,
        found.permission_type is AclPermissionType.ALLOW,
    )


def _words(acl: Acl) -> tuple[Any, ...]:
    return (
        ResourceType[acl.kind.upper()],
        acl.name,
        ResourcePatternType.PREFIXED if acl.prefixed else ResourcePatternType.LITERAL,
        acl.principal,
        acl.host,
        AclOperation[acl.operation],
        AclPermissionType.ALLOW if acl.allow else AclPermissionType.DENY,
    )
