"""`Tracing` on OpenTelemetry, exported by OTLP over HTTP; all else is as OpenTelemetry's own variables say."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sluicegate_kit.tracing import Attributes, Kind, Span

_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}
_HEADER = "traceparent"
_w3c = TraceContextTextMapPropagator()


class OtlpSpan:
    """See `Span`."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        """See `Span`."""
        self._span.update_name(name)

    def set(self, attributes: Attributes) -> None:
        """See `Span`."""
        self._span.set_attributes(attributes)

    def event(self, name: str, attributes: Attributes) -> None:
        """See `Span`."""
        self._span.add_event(name, attributes)

    def fail(self, kind: str) -> None:
        """See `Span`."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR, kind))


class OtlpTracing:
    """See `Tracing`. A thread of its own exports, every few seconds."""

    def __init__(self, service: str) -> None:
        named = os.environ.get("OTEL_SERVICE_NAME")
        self._provider = TracerProvider(resource=Resource.create({} if named else {SERVICE_NAME: service}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(self._provider)  # so that spans of handlers and libraries are sent along
        self._tracer = self._provider.get_tracer("sluicegate")

    @contextmanager
    def span(
        self, name: str, kind: Kind, attributes: Attributes, *, parent: str | None = None, link: str | None = None
    ) -> Iterator[Span]:
        """See `Tracing`."""
        linked = trace.get_current_span(_context(link)).get_span_context()
        with self._tracer.start_as_current_span(
            name,
            _context(parent),
            _KINDS[kind],
            attributes,
            [Link(linked)] if linked.is_valid else None,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield OtlpSpan(span)

    def mark(self, name: str, attributes: Attributes, *, parent: str | None) -> None:
        """See `Tracing`."""
        self._tracer.start_span(name, _context(parent), SpanKind.CONSUMER, attributes).end()

    def traceparent(self) -> str | None:
        """See `Tracing`."""
        carrier: dict[str, str] = {}
        _w3c.inject(carrier)
        return carrier.get(_HEADER)

    async def close(self) -> None:
        """See `Tracing`."""
        await asyncio.to_thread(self._provider.shutdown)


def _context(traceparent: str | None) -> Context:
    """A context of its own, never the current one: what has no parent begins a trace."""
    return _w3c.extract({_HEADER: traceparent}, Context()) if traceparent is not None else Context()
