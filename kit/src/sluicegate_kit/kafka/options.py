"""How to reach the broker, and what that means in librdkafka's own words."""

from dataclasses import dataclass, field
from typing import Any, Literal

from sluicegate_kit.settings import ServiceSettings
from sluicegate_schemas.broker.security import Security
from sluicegate_schemas.limits import RECORD_BYTES

DELIVERY_TIMEOUT_MS = 20_000
"""Shorter than the outbox's claim of 30 s, so that a row is not sent again while its first copy is on its way."""

GATHER_BYTES = 32 * 1024
GATHER_MS = 20
QUEUE_KIB = 128 * 1024
"""What waits for a broker that is away: far less than librdkafka's own 1 GiB, as much of which Python holds as well.
What finds no room stays in the outbox."""

INFLATED_BYTES = 2**31 - 1
"""librdkafka takes nothing from a batch that zstd or snappy inflates beyond this (by default 100 MB), and would stand
before it for ever. So that it never does, memory alone is the limit, as it is with gzip and lz4."""


@dataclass(frozen=True, slots=True)
class KafkaOptions:
    """Everything about the broker that a deployment decides."""

    bootstrap_servers: str
    client_id: str
    group_protocol: Literal["classic", "consumer"] = "classic"
    """`consumer` is KIP-848, for brokers from 4.0 on; there the session timeout is the broker's to set."""
    session_timeout_ms: int = 6_000
    """A killed member's partitions are taken over after this. Classic protocol only."""
    fetch_wait_max_ms: int = 50
    """How long a broker may hold back an empty answer; on the embedded one this is the floor of the latency."""
    gathers: bool = False
    """Nobody waits for what is read: the broker may gather records for up to 20 ms, and answers less often."""
    message_max_bytes: int = RECORD_BYTES
    delivery_timeout_ms: int = DELIVERY_TIMEOUT_MS
    answer_timeout_ms: int = 5_000
    """For questions about logs."""
    security: Security = field(default_factory=Security)

    @classmethod
    def of(cls, settings: ServiceSettings, client_id: str, *, gathers: bool = False) -> "KafkaOptions":
        """As the environment says.

        Raises:
            SettingsError: a file that it names can't be read, or holds something else.
        """
        return cls(
            settings.kafka_bootstrap_servers,
            client_id,
            group_protocol=settings.kafka_group_protocol,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            fetch_wait_max_ms=settings.kafka_fetch_wait_max_ms,
            gathers=gathers,
            message_max_bytes=settings.kafka_message_max_bytes,
            security=settings.kafka_security(),
        )


def producer_config(options: KafkaOptions) -> dict[str, Any]:
    """Nothing acknowledged is lost, nothing is doubled or reordered by retries, and a burst leaves at once."""
    return _common(options) | {
        "acks": "all",
        "enable.idempotence": True,
        "linger.ms": 0,  # librdkafka makes a whole millisecond of any other, and a decision waits for it (ADR 10)
        "sticky.partitioning.linger.ms": 0,  # records without a key go to all partitions all the same
        "compression.type": "lz4",
        "partitioner": "murmur2_random",
        "delivery.timeout.ms": options.delivery_timeout_ms,
        "message.max.bytes": options.message_max_bytes,
        "queue.buffering.max.kbytes": QUEUE_KIB,
    }


def consumer_config(options: KafkaOptions, group: str) -> dict[str, Any]:
    """Offsets are committed by us alone, after the database; a new group reads from the start."""
    config = _common(options) | {
        "group.id": group,
        "group.protocol": options.group_protocol,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": options.fetch_wait_max_ms,
        "fetch.message.max.bytes": options.message_max_bytes,
        "receive.message.max.bytes": INFLATED_BYTES,
        # A topic that is made after the subscription is found this soon; the default is five minutes.
        "topic.metadata.refresh.interval.ms": 5_000,
    }
    if options.gathers:
        config |= {"fetch.min.bytes": GATHER_BYTES, "fetch.wait.max.ms": min(GATHER_MS, options.fetch_wait_max_ms)}
    if options.group_protocol == "classic":
        config |= {
            "session.timeout.ms": options.session_timeout_ms,
            "heartbeat.interval.ms": max(options.session_timeout_ms // 3, 1),
            "partition.assignment.strategy": "cooperative-sticky",
        }
    return config


def admin_config(options: KafkaOptions) -> dict[str, Any]:
    """For questions about topics and logs. Silent: what goes wrong is raised to whoever asks."""
    return _common(options) | {"log_level": 0}


def _common(options: KafkaOptions) -> dict[str, Any]:
    return options.security.librdkafka() | {
        "bootstrap.servers": options.bootstrap_servers,
        "client.id": options.client_id,
        # A broker that comes back is found again within a second.
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 1_000,
        # A burst is one request per partition: none may wait until the one before it is acknowledged.
        "socket.nagle.disable": True,
        # Brokers close idle connections; that is no news.
        "log.connection.close": False,
    }
