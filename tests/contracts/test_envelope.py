"""CloudEvents in binary mode both ways; structured and bare on `job-requested`; a bad envelope has a code."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluicegate_schemas.envelope import Message, ce_type, read, write
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.generate import examples, models
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import JobControl
from sluicegate_schemas.job_requested import JobRequested
from sluicegate_schemas.topics import BY_EVENT
from tests.contracts import examples as committed

AT = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "team=red"}
REQUESTS = [pytest.param(path, id=path.stem) for path in examples("job-requested")]
BINARY = (("ce_specversion", b"1.0"), ("ce_type", b"sluicegate.job-requested.v1"), ("ce_source", b"erp"))
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
REQUEST = {"jobId": "j", "jobType": "simple-task", "taskDescription": "Test task"}


def written(event: str, path: Path) -> Message:
    value = models()[event].model_validate_json(path.read_bytes())
    return write(value, ce_id=new_id(), source="sluicegate/api", at=AT, trace=TRACE)


@pytest.mark.parametrize(("event", "path"), committed.valid())
def test_binary_mode_round_trips(event: str, path: Path) -> None:
    message = written(event, path)
    received = read(models()[event], message.value, message.headers)
    assert json.loads(received.data.to_json()) == committed.read(path)
    assert received.value == message.value
    assert (received.source, received.ce_id, received.trace) == ("sluicegate/api", str(message.id), TRACE)


@pytest.mark.parametrize(("event", "path"), committed.valid())
def test_a_record_has_the_topic_the_key_and_the_headers_of_its_contract(event: str, path: Path) -> None:
    message = written(event, path)
    headers = dict(message.headers)
    data = committed.read(path)
    assert message.topic == BY_EVENT[event].name == ce_type(event)
    keys = {"fleet-control": "fleet", "worker-status": data.get("workerId")}
    assert message.key == keys.get(event, data.get("jobId"))
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == f"sluicegate.{event}.v1".encode()
    assert headers["ce_subject"].decode() == message.key
    assert headers["ce_time"] == b"2026-01-31T12:00:00Z"
    assert headers["content-type"] == b"application/json"
    assert len(headers) == len(message.headers), "no header twice"


@pytest.mark.parametrize("path", REQUESTS)
def test_structured_mode_is_read_on_job_requested(path: Path) -> None:
    data = committed.read(path)
    envelope = {
        "specversion": "1.0",
        "id": "42",
        "type": "sluicegate.job-requested.v1",
        "source": "erp",
        "traceparent": TRACE["traceparent"],
        "data": data,
    }
    received = read(JobRequested, json.dumps(envelope).encode(), STRUCTURED, any_mode=True)
    assert json.loads(received.data.to_json()) == data
    assert (received.source, received.ce_id) == ("erp", "42")
    assert received.trace == {"traceparent": TRACE["traceparent"]}
    assert json.loads(received.value) == data


@pytest.mark.parametrize("path", REQUESTS)
def test_bare_json_without_headers_is_read_on_job_requested(path: Path) -> None:
    received = read(JobRequested, path.read_bytes(), (), any_mode=True)
    assert json.loads(received.data.to_json()) == committed.read(path)
    assert (received.source, received.ce_id, received.trace) == (None, None, {})


def test_bare_json_with_the_headers_of_other_tools_is_bare() -> None:
    headers = (("content-type", b"application/json"), ("x-request-id", b"7"))
    assert read(JobRequested, json.dumps(REQUEST).encode(), headers, any_mode=True).source is None


def test_the_three_modes_give_the_same_job() -> None:
    value = json.dumps(REQUEST).encode()
    envelope = {
        "specversion": "1.0",
        "id": "1",
        "type": "sluicegate.job-requested.v1",
        "source": "erp",
        "data": REQUEST,
    }
    structured = read(JobRequested, json.dumps(envelope).encode(), STRUCTURED, any_mode=True)
    assert structured.data == read(JobRequested, value, BINARY, any_mode=True).data
    assert structured.data == read(JobRequested, value, (), any_mode=True).data


def test_header_names_are_read_in_any_case() -> None:
    headers = tuple((name.upper(), value) for name, value in BINARY)
    assert read(JobRequested, json.dumps(REQUEST).encode(), headers).source == "erp"


GOOD = json.dumps(REQUEST).encode()
BAD: dict[str, tuple[bytes | None, tuple[tuple[str, bytes], ...], str]] = {
    "null": (None, BINARY, "empty"),
    "empty": (b"", BINARY, "empty"),
    "truncated": (GOOD[:-1], BINARY, "not-json"),
    "not UTF-8": (b'{"jobId":"\xff"}', BINARY, "not-json"),
    "a duplicate key": (b'{"jobId":"a","jobId":"b"}', BINARY, "not-json"),
    "U+0000": (GOOD.replace(b"Test", b"\\u0000"), BINARY, "not-json"),
    "another event": (GOOD, (("ce_specversion", b"1.0"), ("ce_type", b"sluicegate.job-control.v1")), "wrong-type"),
    "a future version": (GOOD, (("ce_specversion", b"1.0"), ("ce_type", b"sluicegate.job-requested.v2")), "wrong-type"),
    "no type": (GOOD, (("ce_specversion", b"1.0"),), "wrong-type"),
    "another CloudEvents": (GOOD, (("ce_specversion", b"0.3"), *BINARY[1:]), "bad-envelope"),
    "type without specversion": (GOOD, BINARY[1:], "bad-envelope"),
    "structured without data": (
        b'{"specversion":"1.0","type":"sluicegate.job-requested.v1"}',
        STRUCTURED,
        "bad-envelope",
    ),
    "structured list": (b"[]", STRUCTURED, "bad-envelope"),
    "structured of another type": (
        b'{"specversion":"1.0","type":"order.created","data":{}}',
        STRUCTURED,
        "wrong-type",
    ),
    "structured with a number for a type": (b'{"specversion":"1.0","type":7,"data":{}}', STRUCTURED, "wrong-type"),
    "structured with bad data": (
        b'{"specversion":"1.0","type":"sluicegate.job-requested.v1","data":{}}',
        STRUCTURED,
        "invalid-data",
    ),
    "a bare number": (b"7", (), "invalid-data"),
}


@pytest.mark.parametrize(("value", "headers", "code"), BAD.values(), ids=BAD)
def test_a_bad_record_has_a_code(value: bytes | None, headers: tuple[tuple[str, bytes], ...], code: str) -> None:
    with pytest.raises(MalformedRecord) as refused:
        read(JobRequested, value, headers, any_mode=True)
    assert refused.value.code == code
    assert refused.value.reason


@pytest.mark.parametrize("headers", [(), STRUCTURED], ids=["bare", "structured"])
def test_other_topics_take_binary_mode_alone(headers: tuple[tuple[str, bytes], ...]) -> None:
    value = examples("job-control")[0].read_bytes()
    with pytest.raises(MalformedRecord) as refused:
        read(JobControl, value, headers)
    assert refused.value.code == "bad-envelope"


def test_a_structured_event_without_its_header_is_told_which() -> None:
    envelope = {
        "specversion": "1.0",
        "type": "sluicegate.job-requested.v1",
        "source": "erp",
        "id": "1",
        "data": REQUEST,
    }
    with pytest.raises(MalformedRecord, match=r"needs the header content-type: application/cloudevents\+json") as found:
        read(JobRequested, json.dumps(envelope).encode(), (), any_mode=True)
    assert found.value.code == "bad-envelope"


def test_data_that_is_no_object_is_told_so() -> None:
    with pytest.raises(MalformedRecord, match="its data should be an object"):
        read(JobRequested, b"[1]", (), any_mode=True)
