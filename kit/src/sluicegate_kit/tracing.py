"""Traces, where the environment names a collector. Elsewhere there is no `Tracing`, and its SDK is not imported.

Between services a trace travels as `traceparent` (W3C Trace Context) in headers; where a job waits, in a column.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

from sluicegate_kit.settings import ServiceSettings, SettingsError

Attributes: TypeAlias = Mapping[str, str | int | bool]
"""Ids, names and numbers; never inputs, payloads, results or messages of errors."""
Kind: TypeAlias = Literal["server", "consumer"]


class Span(Protocol):
    """A piece of work under way."""

    def rename(self, name: str) -> None:
        """By what is known now."""

    def set(self, attributes: Attributes) -> None:
        """Say more about it."""

    def event(self, name: str, attributes: Attributes) -> None:
        """Something has happened in it."""

    def fail(self, kind: str) -> None:
        """It ended badly: the type of the error."""


class Tracing(Protocol):
    """Makes spans. Never blocks, never raises."""

    def span(
        self, name: str, kind: Kind, attributes: Attributes, *, parent: str | None = None, link: str | None = None
    ) -> AbstractContextManager[Span]:
        """The current span while the context lasts. `parent` and `link` are traceparents; a bad one counts as none."""

    def mark(self, name: str, attributes: Attributes, *, parent: str | None) -> None:
        """A span without duration: this was received."""

    def traceparent(self) -> str | None:
        """Of the current span, to be sent along."""

    async def close(self) -> None:
        """Send what is left."""


def configured(service: str, settings: ServiceSettings) -> Tracing | None:
    """As the environment says.

    Raises:
        SettingsError: OpenTelemetry is wanted and not installed.
    """
    if settings.otlp_endpoint is None:
        return None
    try:
        from sluicegate_kit.otlp import OtlpTracing
    except ImportError as error:
        raise SettingsError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT needs {error.name}: pip install 'sluicegate-kit[opentelemetry]'"
        ) from None
    return OtlpTracing(f"sluicegate-{service}")
