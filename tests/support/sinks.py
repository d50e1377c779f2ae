"""Stand-ins for Sentry and for an OpenTelemetry collector: they keep what is sent to them."""

import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sluicegate_dev.ports import LOOPBACK


class Sink:
    """An HTTP server on the loopback interface that says yes to every POST. A context manager."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self.bodies))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self._server.server_port}"


def _handler(bodies: list[bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Silent."""

    return Handler


class SentrySink(Sink):
    """Takes envelopes (develop.sentry.dev/sdk/data-model/envelopes)."""

    @property
    def dsn(self) -> str:
        """For the services."""
        return f"http://public@{self.address}/1"

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The `event`s or `transaction`s that came."""
        return [item for body in list(self.bodies) for item in _items(body, kind)]


def _items(envelope: bytes, kind: str) -> Iterator[dict[str, Any]]:
    rest = envelope.partition(b"\n")[2]
    while rest:
        head, _, rest = rest.partition(b"\n")
        header = json.loads(head)
        length = header.get("length", rest.find(b"\n") if b"\n" in rest else len(rest))
        payload, rest = rest[:length], rest[length + 1 :]
        if header["type"] == kind:
            yield json.loads(payload)


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """A span as a collector sees it; ids in hex."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[str, ...]
    """Ids of the traces that it links to."""
    failed: bool
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[tuple[str, dict[str, Any]], ...] = ()


class OtlpSink(Sink):
    """Takes traces by OTLP over HTTP, in protobuf."""

    @property
    def endpoint(self) -> str:
        """For the services."""
        return f"http://{self.address}"

    def spans(self) -> list[SeenSpan]:
        """All that came."""
        return [span for body in list(self.bodies) for span in _spans(ExportTraceServiceRequest.FromString(body))]


def _spans(request: ExportTraceServiceRequest) -> Iterator[SeenSpan]:
    for of_resource in request.resource_spans:
        service = _attributes(of_resource.resource.attributes)["service.name"]
        for span in (span for scope in of_resource.scope_spans for span in scope.spans):
            yield SeenSpan(
                service,
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                tuple(link.trace_id.hex() for link in span.links),
                span.status.code == span.status.STATUS_CODE_ERROR,
                _attributes(span.attributes),
                tuple((event.name, _attributes(event.attributes)) for event in span.events),
            )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
