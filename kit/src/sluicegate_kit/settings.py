"""What every service is told by its environment, and how it says what is missing."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sluicegate_kit.loopback import is_loopback

PREFIX = "SLUICEGATE_"


class SettingsError(Exception):
    """The environment lacks something or holds something wrong; the message has a line per variable, and no values."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Seconds = Annotated[float, Field(gt=0, le=31_536_000)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class MigrationSettings(BaseSettings):
    """All that `migrate` reads: it needs a database and nothing else. Each variable has the prefix `SLUICEGATE_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    database_url: SecretStr = Field(description="PostgreSQL, as postgresql://user:password@host:port/database")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: for people on a terminal, one JSON line per event elsewhere."""


class ServiceSettings(MigrationSettings):
    """The variables that all services read."""

    kafka_bootstrap_servers: str = Field(description="Kafka, as host:port[,host:port…]", min_length=1)
    kafka_group_protocol: Literal["classic", "consumer"] = "classic"
    """`consumer` (KIP-848) needs brokers of version 4.0 or later."""
    kafka_session_timeout_ms: Annotated[int, Field(ge=1000, le=3_600_000)] = 6000
    """After so long without a heartbeat others take over a consumer's partitions (classic protocol)."""
    kafka_fetch_wait_max_ms: Annotated[int, Field(ge=0, le=10_000)] = 50
    """How long the broker may hold back an answer that has no records."""
    kafka_message_max_bytes: Annotated[int, Field(ge=1000)] = 3 * 1024 * 1024
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
    grace_seconds: Seconds = 25
    """How long the process may take to drain after SIGTERM."""
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """An OpenTelemetry collector that takes OTLP over HTTP; its other variables count, too. It takes the extra
    `opentelemetry` of sluicegate-kit."""


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


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """The settings, from the environment.

    Raises:
        SettingsError: names every variable that is missing or wrong, and what belongs there.
    """
    try:
        return kind()
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [_line(kind, item["loc"], item["type"], item["msg"]) for item in findings]
        raise SettingsError("\n".join(lines)) from None


def variable(kind: type[BaseSettings], field: str) -> str:
    """The environment variable that a field is read from."""
    found = kind.model_fields[field].validation_alias
    return found if isinstance(found, str) else f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def _line(kind: type[BaseSettings], place: tuple[int | str, ...], problem: str, message: str) -> str:
    name = str(place[0]) if place else ""
    if name not in kind.model_fields:
        by_variable = {variable(kind, field).lower(): field for field in kind.model_fields}
        name = by_variable.get(name.lower(), name)
    if name not in kind.model_fields:
        return f"{name}: {message}"
    hint = kind.model_fields[name].description
    what = "is not set" if problem == "missing" else f"is wrong: {message}"
    return f"{variable(kind, name)} {what}" + (f" ({hint})" if hint else "")
