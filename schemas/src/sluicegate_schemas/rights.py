"""What each party may do on the broker: what follows from who writes and who reads each topic, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sluicegate_schemas.topics import TOPICS, Party


class Operation(StrEnum):
    """What Kafka can grant; the value is its name in Strimzi's files. Reading or writing includes describing."""

    READ = "Read"
    WRITE = "Write"


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
    """The consumer group of a service; of insights, what the names of its groups begin with."""
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
    return [*rights, *_groups(party, user)]


def _operations(party: Party, readers: frozenset[Party], writers: frozenset[Party]) -> Iterator[Operation]:
    if party in readers:
        yield Operation.READ
    if party in writers:
        yield Operation.WRITE


def _groups(party: Party, user: str) -> Iterator[Right]:
    """A service reads in one group; of insights, each process reads in one of its own, whose name begins so.

    Upstream systems name their own groups, each below its user's name.
    """
    if party is Party.INSIGHTS:
        yield Right(Kind.GROUP, f"{group_of(party)}-", (Operation.READ,), prefixed=True)
    elif party is not Party.UPSTREAM:
        yield Right(Kind.GROUP, group_of(party), (Operation.READ,))
    else:
        mine = f"{user}-"
        for service in Party:
            if service is not Party.UPSTREAM and group_of(service).startswith(mine):
                raise UnsafeUser(user, group_of(service))
        yield Right(Kind.GROUP, mine, (Operation.READ,), prefixed=True)
