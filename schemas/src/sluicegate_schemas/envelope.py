"""Events as Kafka records: CloudEvents 1.0 in binary mode; `job-requested` also structured or bare.

Source: the CloudEvents Kafka protocol binding 1.0, section 3.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError

from sluicegate_schemas import strict_json
from sluicegate_schemas.errors import MalformedJson, MalformedRecord
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import BY_EVENT

E = TypeVar("E", bound=Event)

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

Headers = Sequence[tuple[str, bytes]]
STRUCTURED = b"application/cloudevents+json"
TRACEPARENT = "traceparent"
TRACE_HEADERS = (TRACEPARENT, "tracestate", "baggage", "sentry-trace")


@dataclass(frozen=True, slots=True)
class Message:
    """A record to produce."""

    topic: str
    key: str | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    id: UUID = field(default_factory=new_id)
    """Names this one event wherever it waits to be sent; `ce_id` where it has an envelope."""


@dataclass(frozen=True, slots=True)
class Received:
    """An event as it was read, with what its envelope says."""

    data: Event
    value: bytes
    """The bytes of the data alone, whatever the envelope's mode."""
    source: str | None
    """`ce_source`: who sent it, by its own account."""
    ce_id: str | None
    trace: Mapping[str, str] = field(default_factory=dict)

    @property
    def traceparent(self) -> str | None:
        """The trace that it belongs to (W3C Trace Context, section 3.2); None: it says none, or none of that shape."""
        found = self.trace.get(TRACEPARENT)
        return found if found is not None and _TRACEPARENT.fullmatch(found) else None


def ce_type(event: str) -> str:
    """`sluicegate.<event>.v1`, the same as the topic."""
    return f"sluicegate.{event}.v1"


def write(
    event: Event,
    *,
    ce_id: UUID,
    source: str,
    at: datetime,
    trace: Mapping[str, str] | None = None,
    extra: Headers = (),
) -> Message:
    """`event` in binary mode, on its topic, keyed as its contract says."""
    key = event.record_key()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(ce_id).encode()),
        ("ce_type", ce_type(event.event).encode()),
        ("ce_source", source.encode()),
        ("ce_subject", (key or "").encode()),
        ("ce_time", at.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("content-type", b"application/json"),
        *((name, text.encode()) for name, text in (trace or {}).items()),
        *extra,
    ]
    return Message(BY_EVENT[event.event].name, key, event.to_json(), tuple(headers), ce_id)


def read(model: type[E], value: bytes | None, headers: Headers, *, any_mode: bool = False) -> Received:
    """The event of a record.

    `any_mode`, for a topic that other systems write: accepts structured mode and a bare JSON value without headers too,
    and reads strictly. What our own services wrote is validated as it is parsed, in a quarter of the time.

    Raises:
        MalformedRecord: `empty`, `not-json`, `wrong-type`, `bad-envelope` or `invalid-data`.
    """
    if not value:
        raise MalformedRecord("empty", "the record has no value")
    named = {name.lower(): text for name, text in headers if text is not None}
    if not any_mode:
        try:
            _expect_type(model, _text(named, "ce_type"), _text(named, "ce_specversion"))
        except MalformedRecord:
            _read_json(value)  # what is no JSON at all is called that
            raise
        return Received(_parse(model, value), value, _text(named, "ce_source"), _text(named, "ce_id"), _trace(named))
    data = _read_json(value)
    if named.get("content-type", b"").split(b";")[0].strip().lower() == STRUCTURED:
        return _read_structured(model, value, data, named)
    if "ce_type" in named or "ce_specversion" in named:
        _expect_type(model, _text(named, "ce_type"), _text(named, "ce_specversion"))
    elif isinstance(data, dict) and {"specversion", "data"} <= data.keys():
        raise MalformedRecord(
            "bad-envelope", f"a structured CloudEvent needs the header content-type: {STRUCTURED.decode()}"
        )
    return Received(_validate(model, data), value, _text(named, "ce_source"), _text(named, "ce_id"), _trace(named))


def _read_structured(
    model: type[Event], value: bytes, envelope: strict_json.JsonValue, named: Mapping[str, bytes]
) -> Received:
    if not isinstance(envelope, dict) or "data" not in envelope:
        raise MalformedRecord("bad-envelope", "a structured CloudEvent is an object with `data`")
    _expect_type(model, envelope.get("type"), envelope.get("specversion"))
    source, ce_id = envelope.get("source"), envelope.get("id")
    trace = _trace(named) or {name: text for name in TRACE_HEADERS if isinstance(text := envelope.get(name), str)}
    data = _validate(model, envelope["data"])
    return Received(
        data,
        data.to_json(),
        source if isinstance(source, str) else None,
        ce_id if isinstance(ce_id, str) else None,
        trace,
    )


def _expect_type(model: type[Event], found: object, version: object) -> None:
    if version != "1.0":
        raise MalformedRecord("bad-envelope", f"specversion is {version!r}; this topic takes CloudEvents 1.0")
    if found != ce_type(model.event):
        raise MalformedRecord("wrong-type", f"type is {found!r}; this topic takes {ce_type(model.event)!r}")


def _read_json(value: bytes) -> strict_json.JsonValue:
    try:
        return strict_json.read(value)
    except MalformedJson as error:
        raise MalformedRecord("not-json", str(error)) from error


def _parse(model: type[E], value: bytes) -> E:
    if b"\\u0000" in value or b"NaN" in value or b"Infinity" in value:
        _read_json(value)  # some text may say so, too
    try:
        return model.model_validate_json(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _malformed(error) from error


def _validate(model: type[E], data: object) -> E:
    try:
        return model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _malformed(error) from error


def _malformed(error: ValidationError) -> MalformedRecord:
    first = error.errors(include_url=False, include_input=False, include_context=False)[:5]
    if first[0]["type"] == "json_invalid":
        return MalformedRecord("not-json", first[0]["msg"])
    if first[0]["type"] == "model_type":
        return MalformedRecord("invalid-data", "/: its data should be an object")
    return MalformedRecord(
        "invalid-data", "; ".join(f"/{'/'.join(map(str, item['loc']))}: {item['msg']}" for item in first)
    )


def _text(named: Mapping[str, bytes], name: str) -> str | None:
    text = named.get(name)
    return None if text is None else text.decode("utf-8", "replace")


def _trace(named: Mapping[str, bytes]) -> dict[str, str]:
    return {name: named[name].decode("utf-8", "replace") for name in TRACE_HEADERS if name in named}
