"""`job-requested`, from the api or from an upstream system, in any mode."""

import hashlib
import json
from collections.abc import Callable

import orjson

from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope, mac
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_worker.domain.commands import RequestReceived
from sluicegate_worker.operations.request_job import RequestJob

NAME_CHARACTERS = 200
"""As long as `requestedBy` may be."""
SOURCE_CHARACTERS = 100


class Requests:
    """Reads requests. Only the api's own carry its MAC, and so the identity of a caller."""

    def __init__(self, mac_keys: Callable[[], mac.Keys], *, max_input_bytes: int) -> None:
        self._mac_keys = mac_keys
        self._max_input_bytes = max_input_bytes

    def interpret(self, record: Record) -> RequestJob:
        """The operation."""
        received = envelope.read(JobRequested, record.value, record.headers, any_mode=True)
        data = received.data
        assert isinstance(data, JobRequested)
        if len(received.value) > self._max_input_bytes:
            self._measure(data)
        seal = record.header(mac.HEADER)
        if seal is not None and record.value is not None and mac.verify(record.value, seal, self._mac_keys()):
            name, request = data.requested_by or "unknown", received.value.decode()
            return RequestJob(_command(data, received.value, upstream=False), request, name, received.traceparent)
        shown = upstream_name(received.source, data.requested_by)
        body = data.model_copy(update={"requested_by": None}).to_json()
        request = (body[:-1] + b',"requestedBy":' + orjson.dumps(shown) + b"}").decode()
        # The same content is the same request, however it was wrapped; who wrapped it is not part of it.
        content = body + b"\n" + (data.requested_by or "").encode()
        return RequestJob(_command(data, content, upstream=True), request, shown, received.traceparent)

    def _measure(self, data: JobRequested) -> None:
        size = len(json.dumps(data.input_data, separators=(",", ":"), ensure_ascii=False).encode())
        if size > self._max_input_bytes:
            reason = f"inputData takes {size:,} bytes; at most {self._max_input_bytes:,} are allowed"
            raise MalformedRecord("input-too-large", reason)


def upstream_name(source: str | None, claimed: str | None) -> str:
    """Who says that they ask: a claim, and shown as one."""
    return f"upstream:{(source or 'unknown')[:SOURCE_CHARACTERS]}/{claimed or 'unknown'}"[:NAME_CHARACTERS]


def _command(data: JobRequested, content: bytes, *, upstream: bool) -> RequestReceived:
    return RequestReceived(
        data.job_id,
        data.job_type,
        data.priority,
        data.max_attempts,
        data.run_at,
        hashlib.sha256(content).hexdigest(),
        upstream,
    )
