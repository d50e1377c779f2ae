"""POST /api/agent-jobs on a real database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sluicegate_schemas import mac
from sluicegate_schemas.worker_status import ReplicaState
from tests.integration.api.replica import DEADLINE_SECONDS, MAC_KEY, Replica, found, simple_task
from tests.support.callers import bearer
from tests.unit.api.samples import status

pytestmark = pytest.mark.anyio
JOBS = "/api/agent-jobs"

WRONG_BODIES: list[tuple[dict[str, Any], str]] = [
    ({"jobType": "Not A Type"}, "/jobType"),
    ({"priority": 11}, "/priority"),
    ({"priority": "5"}, "/priority"),
    ({"inputData": []}, "/inputData"),
    ({"inputData": None}, "/inputData"),
    ({"runAt": "tomorrow"}, "/runAt"),
    ({"runAt": "2026-01-31T12:00:00"}, "/runAt"),
    ({"timeoutSeconds": 0}, "/timeoutSeconds"),
    ({"tags": [""]}, "/tags/0"),
    ({"jobId": "mine"}, "/jobId"),
    ({"requestedBy": "somebody else"}, "/requestedBy"),
]
NOT_STRICT_JSON = [
    b"",
    b"{",
    b'{"jobType":"a","jobType":"b","taskDescription":"x"}',
    b'{"jobType":"a","taskDescription":"x","inputData":{"n":NaN}}',
    b'{"jobType":"a","taskDescription":"x","inputData":{"n":1e400}}',
    b'{"jobType":"a","taskDescription":"\\u0000"}',
    b'{"jobType":"a","taskDescription":"\\ud800"}',
    b'{"jobType":"a","taskDescription":"\xff"}',
    b'{"jobType":"a","taskDescription":"x","inputData":{"n":' + b"[" * 100 + b"]" * 100 + b"}}",
    b'{"jobType":"a","taskDescription":"x"}x',
    b"\xef\xbb\xbf{}",
]


async def test_an_accepted_job_is_kept_published_and_shown(api: Replica) -> None:
    body = simple_task() | {"priority": 8, "tags": ["a", "b"], "timeoutSeconds": 60}
    answer = await api.http.post(JOBS, json=body, headers=bearer("submitter"))
    job = found(answer)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"{JOBS}/{job['jobId']}"
    assert (job["status"], job["requestedBy"], job["priority"], job["tags"]) == ("queued", "submitter", 8, ["a", "b"])
    assert found(await api.http.get(answer.headers["location"])) == job
    (event,) = api.sent("job-requested")
    assert (event["jobId"], event["inputData"], event["requestedBy"]) == (job["jobId"], {"test": "data"}, "submitter")


async def test_the_event_proves_that_it_comes_from_the_api(api: Replica) -> None:
    await api.submitted()
    (record,) = api.broker.records("sluicegate.job-requested.v1")
    assert record.value is not None
    assert mac.verify(record.value, dict(record.headers)[mac.HEADER], (MAC_KEY,))


async def test_the_key_that_its_file_begins_with_seals_without_a_restart(api: Replica, tmp_path: Path) -> None:
    new = b"n" * 32

    async def sealed_by(*keys: bytes) -> bool:
        await api.submitted()
        record = api.broker.records("sluicegate.job-requested.v1")[-1]
        return mac.verify(record.value or b"", dict(record.headers)[mac.HEADER], keys)

    (tmp_path / "mac.key").write_bytes(new + b"\n" + MAC_KEY)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await sealed_by(new):
            assert await sealed_by(MAC_KEY, new)


async def test_long_integers_survive(api: Replica) -> None:
    job = await api.submitted(inputData={"n": 2**53 + 1, "m": 2**80})
    shown = found(await api.http.get(f"{JOBS}/{job['jobId']}"))
    assert job["inputData"] == shown["inputData"] == {"n": 2**53 + 1, "m": 2**80}
    assert api.sent("job-requested")[0]["inputData"] == shown["inputData"]


async def test_a_key_makes_one_job_however_often_and_at_once_it_is_sent(api: Replica) -> None:
    headers = {"idempotency-key": "k-1"}
    answers = await asyncio.gather(*(api.http.post(JOBS, json=simple_task(), headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({found(answer)["jobId"] for answer in answers}) == 1
    assert len(api.sent("job-requested")) == 1


async def test_a_key_with_the_same_body_written_otherwise_is_the_same(api: Replica) -> None:
    headers = {"idempotency-key": "k-1", "content-type": "application/json"}
    one = b'{"jobType":"simple-task","taskDescription":"x","inputData":{"a":1,"b":2}}'
    other = b'{ "inputData": {"b": 2, "a": 1}, "taskDescription": "x", "jobType": "simple-task", "priority": 5 }'
    first, second = [found(await api.http.post(JOBS, content=body, headers=headers)) for body in (one, other)]
    assert first["jobId"] == second["jobId"]


async def test_a_key_with_another_body_is_refused(api: Replica) -> None:
    headers = {"idempotency-key": "k-1"}
    await api.http.post(JOBS, json=simple_task(), headers=headers)
    answer = await api.http.post(JOBS, json=simple_task() | {"priority": 1}, headers=headers)
    assert (answer.status_code, found(answer)["type"].rsplit("/")[-1]) == (422, "idempotency-key-reused")


async def test_an_unusable_key_is_refused(api: Replica) -> None:
    for key in ("", "x" * 256, "a\tb", "é"):
        answer = await api.http.post(JOBS, json=simple_task(), headers=[(b"idempotency-key", key.encode("latin-1"))])
        assert (key, answer.status_code) == (key, 400)


async def test_a_body_that_is_wrong_is_refused_with_the_place(api: Replica) -> None:
    for change, pointer in WRONG_BODIES:
        answer = await api.http.post(JOBS, json=simple_task() | change)
        assert (answer.status_code, [error["pointer"] for error in found(answer)["errors"]]) == (422, [pointer])
    assert api.sent("job-requested") == []


async def test_bytes_that_are_not_strict_json_are_refused(api: Replica) -> None:
    for body in NOT_STRICT_JSON:
        answer = await api.http.post(JOBS, content=body, headers={"content-type": "application/json"})
        problem = found(answer)["type"].rsplit("/")[-1]
        assert (body, answer.status_code, problem) == (body, 400, "malformed-json")


async def test_input_over_the_limit_is_refused(api: Replica) -> None:
    fits = await api.http.post(JOBS, json=simple_task() | {"inputData": {"x": "y" * (512_000 - 8)}})
    over = await api.http.post(JOBS, json=simple_task() | {"inputData": {"x": "y" * (512_000 - 7)}})
    assert (fits.status_code, over.status_code) == (202, 413)
    assert found(over)["type"].endswith("input-too-large")


async def test_a_body_over_a_mebibyte_is_refused(api: Replica) -> None:
    answer = await api.http.post(JOBS, json=simple_task() | {"inputData": {"x": "y" * 1_100_000}})
    assert answer.status_code == 413


async def test_input_that_a_registered_handler_refuses_is_refused_without_repeating_it(api: Replica) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    api.publish(status("w1", schema=schema))
    await api.until("/api/admin/agent-worker", lambda fleet: fleet["replicas"])
    await api.service.passes.follow_workers()
    answer = await api.http.post(JOBS, json=simple_task() | {"inputData": {"n": "s3cret"}})
    assert answer.status_code == 422
    assert found(answer)["errors"][0]["pointer"] == "/inputData/n"
    assert "s3cret" not in answer.text
    assert (await api.http.post(JOBS, json=simple_task() | {"inputData": {"n": 2**70}})).status_code == 202
    assert (await api.http.post(JOBS, json=simple_task() | {"jobType": "unknown"})).status_code == 202


async def test_a_stopped_replica_is_not_counted_on(api: Replica) -> None:
    api.publish(status("w1", state=ReplicaState.STOPPED))
    api.publish(status("w2"))
    fleet = await api.until("/api/admin/agent-worker", lambda fleet: fleet["replicas"])
    assert [replica["workerId"] for replica in fleet["replicas"]] == ["w2"]


async def test_who_may_not_submit_is_refused(api: Replica) -> None:
    assert (await api.http.post(JOBS, json=simple_task(), headers=bearer("viewer"))).status_code == 403
    assert (await api.http.post(JOBS, json=simple_task(), headers={"authorization": ""})).status_code == 401


async def test_many_at_once_are_all_accepted_and_published_once(api: Replica) -> None:
    jobs = await asyncio.gather(*(api.submitted() for _ in range(200)))
    published = [event["jobId"] for event in api.sent("job-requested")]
    assert sorted(published) == sorted(job["jobId"] for job in jobs)
