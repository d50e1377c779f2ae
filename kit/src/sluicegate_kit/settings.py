"""What every service is told by its environment, and how it says what is missing."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from sluicegate_kit.loopback import is_loopback
from sluicegate_schemas.broker.settings import KafkaSettings
from sluicegate_schemas.environment import FROM_ENVIRONMENT, SettingsError, load, variable

__all__ = [
    "CommaSeparated",
    "MigrationSettings",
    "PageSettings",
    "Port",
    "Seconds",
    "ServiceSettings",
    "SettingsError",
    "StoringSettings",
    "load",
    "variable",
]


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Seconds = Annotated[float, Field(gt=0, le=31_536_000)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class ProcessSettings(BaseSettings):
    """The variables that every command of every service reads. Each has the prefix `SLUICEGATE_`."""

    model_config = FROM_ENVIRONMENT

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: for people on a terminal, one JSON line per event elsewhere."""


class MigrationSettings(ProcessSettings):
    """All that `migrate` reads: it needs a database and nothing else."""

    database_url: SecretStr = Field(description="PostgreSQL, as postgresql://user:password@host:port/database")


class ServiceSettings(KafkaSettings, ProcessSettings):
    """The variables that all services read."""

    kafka_group_protocol: Literal["classic", "consumer"] = "classic"
    """`consumer` (KIP-848) needs brokers of version 4.0 or later."""
    kafka_session_timeout_ms: Annotated[int, Field(ge=1000, le=3_600_000)] = 6000
    """After so long without a heartbeat others take over a consumer's partitions (classic protocol)."""
    kafka_fetch_wait_max_ms: Annotated[int, Field(ge=0, le=10_000)] = 50
    """How long the broker may hold back an answer that has no records."""
    kafka_message_max_bytes: Annotated[int, Field(ge=100_000)] = 3 * 1024 * 1024
    """The largest record; as large as the topics allow."""

    http_host: str = "127.0.0.1"
    """The address to listen on for callers. The worker has none."""
    http_port: Port = 0
    """0: any free port, named in the log."""
    internal_host: str = "127.0.0.1"
    """The address of the internal port: `/metrics`, `/healthz`, `/readyz`, without keys. Never public."""
    internal_port: Port = 0
    """0: any free port, named in the log."""
    keys_file: Path = Field(description="the file of identities and their keys (JSON)")
    grace_seconds: Seconds = 25
    """How long the process may take to drain after SIGTERM."""
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """An OpenTelemetry collector that takes OTLP over HTTP; its other variables count, too. It takes the extra
    `opentelemetry` of sluicegate-kit."""


class StoringSettings(ServiceSettings, MigrationSettings):
    """The variables of services that keep tables and send events."""

    outbox_claim_seconds: Seconds = 30
    """An event that the broker has not acknowledged is sent again after this; more than Kafka's 20 s to deliver."""
    answer_first_seconds: Seconds = 30
    """An event that nobody has answered is sent again after this, then after twice as long, and so on."""
    answer_max_seconds: Seconds = 3600
    """The longest of those waits."""
    sweep_interval_seconds: Seconds = 1
    """How often to look for events to send again."""
    lock_timeout_seconds: Seconds = 2
    """A transaction that has waited so long for a row is run again."""
    database_pooled: bool = False
    """A pooler in transaction mode, such as PgBouncer, stands before the database: sessions keep nothing."""
    database_listen_url: SecretStr | None = None
    """Where the pooler is passed by, for LISTEN. Without it, replicas see at the next look what others have done."""

    @property
    def listen_url(self) -> str | None:
        """Where to hear the other replicas; None: nowhere."""
        if self.database_listen_url is not None:
            return self.database_listen_url.get_secret_value()
        return None if self.database_pooled else self.database_url.get_secret_value()


class PageSettings(ServiceSettings):
    """The variables of services that people use with a browser."""

    session_keys_file: Path = Field(description="the public keys that session tokens are verified with (JSON)")
    insecure_dev_cookie: bool = False
    """Sessions over plain HTTP, for `make dev` and tests: only a service on the loopback interface may have them."""

    @field_validator("insecure_dev_cookie")
    @classmethod
    def _on_this_machine_alone(cls, wanted: bool, found: ValidationInfo) -> bool:
        if wanted and not is_loopback(found.data.get("http_host", "")):
            raise ValueError("it takes a service that listens on the loopback interface alone")
        return wanted
