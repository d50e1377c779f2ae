"""Decides what has to change on a broker. Nothing that deletes records or can't be taken back is ever in a plan."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sluicegate_schemas.broker.state import Acl, Kept, KeptTopic, acls_of, config_of
from sluicegate_schemas.rights import Right, rights_of
from sluicegate_schemas.topics import Party, Topic

UNLIMITED = -1
"""As `retention.ms`."""


@dataclass(frozen=True, slots=True)
class User:
    """A party's user; upstream systems may have several."""

    party: Party
    name: str

    @property
    def principal(self) -> str:
        """As Kafka's default principal builder names it."""
        return f"User:{self.name}"


@dataclass(frozen=True, slots=True)
class CreateTopic:
    """It is not there."""

    topic: Topic

    def __str__(self) -> str:
        settings = ", ".join(f"{name}={value}" for name, value in config_of(self.topic).items())
        return f"create {self.topic.name}: {self.topic.partitions} partitions, {settings}"


@dataclass(frozen=True, slots=True)
class RaisePartitions:
    """It has too few."""

    topic: Topic
    found: int

    def __str__(self) -> str:
        return f"raise {self.topic.name} from {self.found} to {self.topic.partitions} partitions"


@dataclass(frozen=True, slots=True)
class SetConfig:
    """It keeps too little, or takes too small records."""

    topic: Topic
    name: str
    found: int
    wanted: int

    def __str__(self) -> str:
        return f"set {self.name} of {self.topic.name} from {self.found} to {self.wanted}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that a user lacks."""

    acl: Acl

    def __str__(self) -> str:
        return f"grant: {self.acl}"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A right that one of our users has on one of our topics or groups, and should not."""

    acl: Acl

    def __str__(self) -> str:
        return f"withdraw: {self.acl}"


Change: TypeAlias = CreateTopic | RaisePartitions | SetConfig | Grant | Withdraw


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, what will not, and what somebody should know."""

    changes: Sequence[Change] = ()
    refused: Sequence[str] = ()
    """Differences that are left for a person, each with what to do."""
    noted: Sequence[str] = ()
    """Other people's rights on our topics and groups."""


def plan_topics(topics: Iterable[Topic], kept: Kept, *, raise_partitions: bool = False) -> Plan:
    """So that each is there, has its partitions and keeps what it should."""
    changes: list[Change] = []
    refused: list[str] = []
    for topic in topics:
        found = kept.topics.get(topic.name)
        if found is None:
            changes.append(CreateTopic(topic))
            continue
        for outcome in (*_partitions(topic, found, raise_partitions), *_configs(topic, found)):
            if isinstance(outcome, str):
                refused.append(outcome)
            else:
                changes.append(outcome)
    return Plan(tuple(changes), tuple(refused))


def plan_rights(users: Iterable[User], kept: Kept) -> Plan:
    """So that our users have their rights on our topics and groups, and no others there.

    Raises:
        UnsafeUser
    """
    users = list(users)
    rights = {user: rights_of(user.party, user.name) for user in users}
    wanted = {acl for user in users for right in rights[user] for acl in acls_of(user.principal, right)}
    ours = [right for each in rights.values() for right in each]
    principals = {user.principal for user in users}
    surplus = sorted(acl for acl in kept.acls - wanted if any(acl.covers(right) for right in ours))
    withdrawn = [acl for acl in surplus if _is_ours_to_withdraw(acl, principals, ours)]
    return Plan(
        (*map(Grant, sorted(wanted - kept.acls)), *map(Withdraw, withdrawn)),
        noted=[f"left alone: {acl}" for acl in surplus if acl not in withdrawn],
    )


def _partitions(topic: Topic, found: KeptTopic, may_raise: bool) -> Iterator[Change | str]:
    if found.partitions > topic.partitions:
        yield (
            f"{topic.name} has {found.partitions} partitions, {topic.partitions} are declared: "
            "Kafka can't take any away. It works as it is"
        )
    elif found.partitions < topic.partitions and may_raise:
        yield RaisePartitions(topic, found.partitions)
    elif found.partitions < topic.partitions:
        yield (
            f"{topic.name} has {found.partitions} partitions, {topic.partitions} are declared: "
            "--raise-partitions adds them. It can't be taken back, and jobs under way may change their partition"
        )


def _configs(topic: Topic, found: KeptTopic) -> Iterator[Change | str]:
    for name, wanted in config_of(topic).items():
        value = int(found.config[name])
        if value == wanted:
            continue
        if value == UNLIMITED or value > wanted:
            loss = (
                "less retention deletes records" if name == "retention.ms" else "records that fit now would be refused"
            )
            yield (
                f"{topic.name} has {name}={value}, {wanted} is declared: {loss}, so that is yours to do, "
                f"with kafka-configs --alter --topic {topic.name} --add-config {name}={wanted}"
            )
        else:
            yield SetConfig(topic, name, value, wanted)


def _is_ours_to_withdraw(acl: Acl, principals: set[str], ours: Sequence[Right]) -> bool:
    """A wider right, or a denial, may have been meant for something else as well."""
    return acl.allow and acl.principal in principals and any(acl.is_on(right) for right in ours)
