"""What a broker has, as far as the contracts speak of it: topics with their configuration, and rights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluicegate_schemas.rights import Right
from sluicegate_schemas.topics import Topic

ANY_HOST = "*"


@dataclass(frozen=True, slots=True)
class KeptTopic:
    """A topic that is there."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """One entry of the broker's access control list."""

    principal: str
    kind: str
    """`topic` or `group`, in Kafka's words."""
    name: str
    prefixed: bool
    operation: str
    """In Kafka's words: `READ`, `ALL`, …"""
    host: str = ANY_HOST
    allow: bool = True

    def covers(self, right: Right) -> bool:
        """Whether it has a say in who may do something to any of the right's topics or groups."""
        if self.kind != right.kind:
            return False
        if self.prefixed:
            return right.name.startswith(self.name) or (right.prefixed and self.name.startswith(right.name))
        return self.name in ("*", right.name) or (right.prefixed and self.name.startswith(right.name))

    def is_on(self, right: Right) -> bool:
        """Whether it speaks of exactly what the right does."""
        return (self.kind, self.name, self.prefixed) == (right.kind, right.name, right.prefixed)

    def __str__(self) -> str:
        beginning = "beginning with " if self.prefixed else ""
        where = "" if self.host == ANY_HOST else f" from {self.host}"
        word = "may" if self.allow else "may not"
        return f"{self.principal} {word} {self.operation} {self.kind} {beginning}{self.name}{where}"


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it. No rights are known of a broker that was not asked for them."""

    topics: Mapping[str, KeptTopic] = field(default_factory=dict)
    acls: frozenset[Acl] = frozenset()


def config_of(topic: Topic) -> dict[str, int]:
    """The configuration that the contract says something about; the rest is the cluster's to choose."""
    return {"retention.ms": topic.retention_ms, "max.message.bytes": topic.max_message_bytes}


def acls_of(principal: str, right: Right) -> list[Acl]:
    """A right as the broker keeps it: one entry per operation."""
    return [Acl(principal, right.kind, right.name, right.prefixed, operation.name) for operation in right.operations]
