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


class MigrationSettings(BaseSettings):
    """All that `migrate` reads: it needs a database and nothing else. Each variable has the prefix `SLUICEGATE_`."""

    model_config = FROM_ENVIRONMENT

    database_url: SecretStr = Field(description="PostgreSQL, as postgresql://user:password@host:port/database")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: for people on a terminal, one JSON line per event elsewhere."""


class ServiceSettings(KafkaSettings, MigrationSettings):
    """The variables that all services read."""

    kafka_group_protocol: Literal["classic", "consumer"] = "classic"
    """`consumer` (KIP-848) needs brokers of version 4.0 or later."""
    kafka_session_timeout_ms: Annotated[int, Field(ge=1000, le=3_600_000)] = 6000
    kafka_fetch_wait_max_ms: Annotated[int, Field(ge=0, le=10_000)] = 50
    kafka_message_max_bytes: Annotated[int, Field(ge=1000)] = 3 * 1024 * 1024

    http_host: str = "127.0.0.1"
    http_port: Port = 0
    """0: any free port, named in the log."""
    internal_host: str = "127.0.0.1"
    internal_port: Port = 0
    keys_file: Path = Field(description="the file of identities and their keys (JSON)")

    outbox_claim_seconds: Seconds = 30
    answer_first_seconds: Seconds = 30
    answer_max_seconds: Seconds = 3600
    sweep_interval_seconds: Seconds = 1
    lock_timeout_seconds: Seconds = 2
    grace_seconds: Seconds = 25
    """How long the process may take to drain after SIGTERM."""


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
