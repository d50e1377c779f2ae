"""What each party may do on the broker: what follows from who writes and who reads each topic, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sluicegate_schemas.topics import TOPICS, Party


class Operation(StrEnum):
    """What Kafka can grant; the value is its name in Strimzi's files. Reading or writing includes describing."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"


class Kind(StrEnum):
    """What it is granted on."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Right:
    """One party's right to one topic or consumer group, or to all whose names begin so."""

    kind: Kind
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False


class UnsafeUser(Exception):
    """An upstream system's user whose consumer groups, all that begin with its name, would include a service's."""

    def __init__(self, user: str, group: str) -> None:
        super().__init__(f"no upstream system can be {user!r}: its consumer groups {user}-… would include {group}")


def user_of(party: Party) -> str:
    """The Kafka user that a party has if nobody says otherwise."""
    return f"sluicegate-{party}"


def group_of(party: Party) -> str:
    """The consumer group of a service."""
    return f"sluicegate-{party}"


def rights_of(party: Party, user: str) -> list[Right]:
    """All that `user` may do as this party.

    Raises:
        UnsafeUser
    """
    rights = [
        Right(Kind.TOPIC, topic.name, operations)
        for topic in TOPICS
        if (operations := tuple(_operations(party, topic.readers, topic.writers)))
    ]
    return [*rights, *_groups(party, user), *_own_topics(party)]


def _operations(party: Party, readers: frozenset[Party], writers: frozenset[Party]) -> Iterator[Operation]:
    if party in readers:
        yield Operation.READ
    if party in writers:
        yield Operation.WRITE


def _groups(party: Party, user: str) -> Iterator[Right]:
    """A service reads in one group. Upstream systems name their own groups, each below its user's name."""
    if party is not Party.UPSTREAM:
        yield Right(Kind.GROUP, group_of(party), (Operation.READ,))
    else:
        mine = f"{user}-"
        for service in Party:
            if service is not Party.UPSTREAM and group_of(service).startswith(mine):
                raise UnsafeUser(user, group_of(service))
        yield Right(Kind.GROUP, mine, (Operation.READ,), prefixed=True)
    if party is Party.INSIGHTS:
        yield Right(Kind.GROUP, f"{group_of(party)}-", (Operation.READ,), prefixed=True)


def _own_topics(party: Party) -> Iterator[Right]:
    """Faust makes topics for its tables; their names, like its group's, begin with the name of the application."""
    if party is Party.INSIGHTS:
        everything = (Operation.READ, Operation.WRITE, Operation.CREATE)
        yield Right(Kind.TOPIC, f"{group_of(party)}-", everything, prefixed=True)
