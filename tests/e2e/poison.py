"""Records on `job-requested` that can't be handled, each with the code and the words it must be dead-lettered with."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import confluent_kafka

from tests.e2e.upstream import TOPIC, record

Headers = list[tuple[str, bytes | None]]

INPUT_BYTES = 2_000
"""What the workers allow at first."""

_CLIENT = {"linger.ms": 20, "queue.buffering.max.messages": 50_000, "partitioner": "murmur2_random"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as its producer made it."""

    value: bytes | None
    key: bytes | None = None
    headers: Headers = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bad:
    """A record and what must be said of it."""

    sent: Sent
    code: str
    reason: str
    """A piece of it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where the broker put a record."""

    partition: int
    offset: int


def request(job_id: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A request for the smallest job."""
    return {
        "jobId": job_id,
        "jobType": "witness-echo",
        "taskDescription": "one of many",
        "inputData": {"value": value},
        **more,
    }


def good(number: int) -> Sent:
    """In one of the three modes."""
    job_id = f"good-{number}"
    value, headers = record(("bare", "binary", "structured")[number % 3], request(job_id, number))
    return Sent(value, job_id.encode(), [*headers])


def too_large(number: int) -> Bad:
    """A good job, but for a limit that the workers were given."""
    job_id = f"large-{number}"
    value, headers = record(("bare", "binary", "structured")[number % 3], request(job_id, "x" * INPUT_BYTES))
    return Bad(Sent(value, job_id.encode(), [*headers]), "input-too-large", "at most 2,000 are allowed")


def same_id(number: int) -> Bad:
    """Another job under the id of `good(number)`; it must come later."""
    job_id = f"good-{number}"
    return _raw("job-id-conflict", "with other content", json.dumps(request(job_id, "other")).encode(), job_id)


def others() -> Iterator[Bad]:
    """All other kinds, again and again."""
    for number, kind in enumerate(itertools.cycle(_KINDS)):
        yield kind(number)


def _raw(code: str, reason: str, value: bytes | None, key: str | None = None, headers: Headers | None = None) -> Bad:
    return Bad(Sent(value, None if key is None else key.encode(), headers or []), code, reason)


def _text(code: str, reason: str, value: Callable[[int], bytes | None]) -> Callable[[int], Bad]:
    return lambda number: _raw(code, reason, value(number), f"bad-{number}")


def _json(reason: str, member: str) -> Callable[[int], Bad]:
    """The text of a member makes it no strict JSON."""
    whole = '{"jobId":"bad-%d","jobType":"witness-echo","taskDescription":"","inputData":{"value":%s}}'
    return _text("not-json", reason, lambda number: (whole % (number, member)).encode())


def _data(reason: str, **members: Any) -> Callable[[int], Bad]:
    """Members that the contract does not allow; `...` leaves one out."""

    def kind(number: int) -> Bad:
        data = {**request(f"bad-{number}"), **members}
        text = json.dumps({name: value for name, value in data.items() if value is not ...})
        return _raw("invalid-data", reason, text.encode(), f"bad-{number}")

    return kind


def _binary(code: str, reason: str, **changed: bytes | None) -> Callable[[int], Bad]:
    """Binary mode with other headers; None leaves one out."""

    def kind(number: int) -> Bad:
        value, headers = record("binary", request(f"bad-{number}"))
        kept: Headers = [(name, changed.get(name, text)) for name, text in headers]
        return _raw(code, reason, value, f"bad-{number}", [pair for pair in kept if pair[1] is not None])

    return kind


def _structured(code: str, reason: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[int], Bad]:
    """Structured mode with another envelope."""

    def kind(number: int) -> Bad:
        value, headers = record("structured", request(f"bad-{number}"))
        return _raw(code, reason, json.dumps(change(json.loads(value))).encode(), f"bad-{number}", [*headers])

    return kind


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda envelope: {other: value for other, value in envelope.items() if other != name}


def _null_header(number: int) -> Bad:
    return _raw("not-json", "not valid JSON", b"?%d" % number, headers=[("ce_type", None), ("dl_topic", b"mine")])


def _binary_key(number: int) -> Bad:
    return Bad(Sent(b"\xff%d" % number, b"\xff\x00key"), "not-json", "not valid JSON")


_KINDS: Sequence[Callable[[int], Bad]] = (
    _text("empty", "no value", lambda _: None),
    _text("empty", "no value", lambda _: b""),
    _text("not-json", "not valid JSON", lambda number: b"please do job %d" % number),
    _text("not-json", "not valid JSON", lambda number: json.dumps(request(f"bad-{number}")).encode()[:-7]),
    _text("not-json", "not valid JSON", lambda number: json.dumps(request(f"bad-{number}")).encode() + b" {}"),
    _text("not-json", "not valid JSON", lambda number: b"\xef\xbb\xbf" + json.dumps(request(f"b{number}")).encode()),
    _text("not-json", "not valid JSON", lambda number: json.dumps(request(f"bad-{number}")).encode("utf-16")),
    _json("not valid JSON", "NaN"),
    _json("not valid JSON", "-Infinity"),
    _json("too large to be kept", "1e400"),
    _json("uplicate", '{"a":1,"a":2}'),
    _json("deep", "[" * 63 + "]" * 63),
    _json("not valid JSON", "[" * 10_000 + "]" * 10_000),
    _json("U+0000", r'"\u0000"'),
    _json("not valid JSON", r'"\ud800"'),
    _binary("wrong-type", "'sluicegate.job-lifecycle.v1'", ce_type=b"sluicegate.job-lifecycle.v1"),
    _binary("wrong-type", "'sluicegate.job-requested.v2'", ce_type=b"sluicegate.job-requested.v2"),
    _binary("wrong-type", "type is None", ce_type=None),
    _binary("bad-envelope", "specversion is '2.0'", ce_specversion=b"2.0"),
    _binary("bad-envelope", "specversion is None", ce_specversion=None),
    _structured("bad-envelope", "an object with `data`", _without("data")),
    _structured("bad-envelope", "an object with `data`", lambda envelope: [envelope]),
    _structured("bad-envelope", "specversion is '0.3'", lambda envelope: {**envelope, "specversion": "0.3"}),
    _structured("wrong-type", "type is 7", lambda envelope: {**envelope, "type": 7}),
    _structured("invalid-data", "/: ", lambda envelope: {**envelope, "data": json.dumps(envelope["data"])}),
    _text("invalid-data", "/: ", lambda number: b"[%d]" % number),
    _text("invalid-data", "/: ", lambda number: b"%d" % number),
    _text("invalid-data", "/: ", lambda _: b"null"),
    _data("/jobId", jobId="two words"),
    _data("/jobId", jobId="x" * 129),
    _data("/jobId", jobId=...),
    _data("/jobType", jobType="../etc"),
    _data("/jobType", jobType=...),
    _data("/taskDescription", taskDescription="x" * 20_001),
    _data("/inputData", inputData=[1]),
    _data("/priority", priority=11),
    _data("/priority", priority="5"),
    _data("/priority", priority=True),
    _data("/maxAttempts", maxAttempts=0),
    _data("/timeoutSeconds", timeoutSeconds=-1.0),
    _data("/runAt", runAt="2026-01-31T12:00:00"),
    _data("/runAt", runAt="0001-01-01T00:00:00+14:00"),
    _data("/runAt", runAt=0),
    _data("/tags", tags=["x"] * 21),
    _null_header,
    _binary_key,
)


def send(bootstrap_servers: str, records: Sequence[Sent]) -> list[Place]:
    """In this order, as fast as the broker takes them; where each of them stands."""
    producer = confluent_kafka.Producer({"bootstrap.servers": bootstrap_servers, **_CLIENT})
    places: dict[int, Place] = {}

    def landed(number: int) -> Callable[[Any, confluent_kafka.Message], None]:
        def keep(error: Any, message: confluent_kafka.Message) -> None:
            assert error is None, error
            places[number] = Place(message.partition() or 0, message.offset() or 0)

        return keep

    for number, each in enumerate(records):
        producer.produce(TOPIC, each.value, each.key, headers=[*each.headers], on_delivery=landed(number))
        producer.poll(0)
    assert producer.flush(30) == 0
    return [places[number] for number in range(len(records))]
