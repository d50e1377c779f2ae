"""Dead letters over HTTP."""

import base64
import json
import re
from datetime import timedelta

import pytest

from sluicegate_kit.kafka.dead_letter import dead_letter
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_LIFECYCLE, JOB_REQUESTED
from tests.integration.api.replica import Replica, found
from tests.support.callers import bearer
from tests.unit.api.ledger import START
from tests.unit.api.samples import snapshot

pytestmark = pytest.mark.anyio
LETTERS = "/api/admin/dead-letters"


async def dead(api: Replica, topic: str = JOB_REQUESTED.name, offset: int = 7, value: bytes = b"\xff{") -> str:
    record = Record(topic, 3, offset, b"job-1", value, (("content-type", b"x/y"),), 0)
    api.broker.append(dead_letter(record, "not-json", "it isn't", new_id(), START))
    page = await api.until(LETTERS, lambda page: any(_is(item, topic, offset) for item in page["items"]))
    found: str = next(item["id"] for item in page["items"] if _is(item, topic, offset))
    return found


def _is(item: dict[str, object], topic: str, offset: int) -> bool:
    return (item["topic"], item["offset"]) == (topic, offset)


async def test_a_dead_letter_is_shown_with_its_reason_and_raw_bytes(api: Replica) -> None:
    letter = found(await api.http.get(f"{LETTERS}/{await dead(api)}"))
    assert (letter["code"], letter["reason"], letter["keyText"]) == ("not-json", "it isn't", "job-1")
    assert base64.b64decode(letter["value"]) == b"\xff{"
    assert "valueText" not in letter
    assert letter["headers"] == [{"name": "content-type", "value": base64.b64encode(b"x/y").decode()}]


async def test_a_redrive_sends_the_record_again_as_it_was(api: Replica) -> None:
    letter_id = await dead(api)
    answer = await api.http.post(f"{LETTERS}/{letter_id}/redrive", headers=bearer("operator"))
    assert (answer.status_code, found(answer)["redrives"], found(answer)["redrivenBy"]) == (202, 1, "operator")
    (record,) = api.broker.records(JOB_REQUESTED.name)
    assert (record.key, record.value) == (b"job-1", b"\xff{")
    assert dict(record.headers) == {"content-type": b"x/y", "redriven_from": letter_id.encode()}


async def test_a_lifecycle_is_asked_for_again_and_others_are_left_to_their_owner(api: Replica) -> None:
    lifecycle, decision = await dead(api, JOB_LIFECYCLE.name), await dead(api, CHECKPOINT_DECIDED.name)
    assert (await api.http.post(f"{LETTERS}/{lifecycle}/redrive")).status_code == 202
    assert [(event["action"], event["jobId"]) for event in api.sent("job-control")] == [("report", "job-1")]
    refused = await api.http.post(f"{LETTERS}/{decision}/redrive")
    assert (refused.status_code, found(refused)["type"].rsplit("/")[-1]) == (409, "resent-by-owner")


async def test_a_record_too_large_to_be_kept_whole_says_so_and_is_not_sent_again(api: Replica) -> None:
    """G9."""
    large = json.dumps({"text": "é" * 2_500_000}, ensure_ascii=False).encode()
    letter_id = await dead(api, offset=8, value=large)
    letter = found(await api.http.get(f"{LETTERS}/{letter_id}"))
    value = base64.b64decode(letter["value"])
    assert large.startswith(value)
    assert (letter["valueBytes"], letter["valueText"], letter["reason"]) == (len(large), value.decode(), "it isn't")
    listed = found(await api.http.get(LETTERS))["items"]
    assert [item["valueBytes"] for item in listed] == [len(large)]

    refused = await api.http.post(f"{LETTERS}/{letter_id}/redrive")
    assert (refused.status_code, found(refused)["type"].rsplit("/")[-1]) == (409, "record-not-whole")
    assert f"it stands in {JOB_REQUESTED.name}, partition 3, offset 8" in found(refused)["detail"]
    assert api.broker.records(JOB_REQUESTED.name) == []
    assert "redrivenAt" not in found(await api.http.get(f"{LETTERS}/{letter_id}"))


async def test_the_page_shows_what_is_kept_of_a_large_record_and_many_are_sent_without_it(api: Replica) -> None:
    whole, large = await dead(api), await dead(api, offset=8, value=b"x" * 5_000_000)
    page = (await api.http.get(f"/admin/dead-letters/{large}")).text
    assert "first 2 752 512 bytes of 5 000 000" in page.replace("\u202f", " ")
    assert re.search(r"<button[^>]* disabled", page)
    assert "record-not-whole" in page
    assert f'value="{large}"' not in (await api.http.get("/admin/dead-letters")).text
    done = (await api.http.post("/admin/dead-letters/redrive", data={"letter": [whole, large]})).text
    assert "1 of 2 sent again" in done
    assert "The record is too large to be kept whole" in done
    assert [record.value for record in api.broker.records(JOB_REQUESTED.name)] == [b"\xff{"]


async def test_dead_letters_are_listed_in_pages_and_by_topic(api: Replica) -> None:
    ids = [await dead(api, offset=offset) for offset in range(3)]
    await dead(api, JOB_LIFECYCLE.name)
    first = found(await api.http.get(LETTERS, params={"limit": 2, "topic": JOB_REQUESTED.name}))
    params = {"limit": 2, "topic": JOB_REQUESTED.name, "cursor": first["nextCursor"]}
    second = found(await api.http.get(LETTERS, params=params))
    assert [item["id"] for page in (first, second) for item in page["items"]] == list(reversed(ids))


async def test_unknown_dead_letters_and_callers_without_the_role_are_refused(api: Replica) -> None:
    for path in (f"{LETTERS}/nope", f"{LETTERS}/{new_id()}"):
        assert (await api.http.get(path)).status_code == 404
        assert (await api.http.post(f"{path}/redrive")).status_code == 404
    assert (await api.http.get(LETTERS, headers=bearer("viewer"))).status_code == 403


async def test_a_job_whose_own_request_is_a_dead_letter_says_so_until_a_worker_takes_it(api: Replica) -> None:
    job_id = (await api.submitted())["jobId"]
    (record,) = api.broker.records(JOB_REQUESTED.name)
    for minute in range(3):
        at = START + timedelta(minutes=minute)
        api.broker.append(dead_letter(record, "input-too-large", "it is", new_id(), at))
    url = f"/api/agent-jobs/{job_id}"
    job = await api.until(url, lambda job: "blockedReason" in job)
    assert job["blockedReason"] == "its request was dead-lettered: input-too-large"
    letter = await api.until(job["links"]["deadLetter"], lambda letter: letter["times"] == 3)
    assert (letter["jobId"], letter["code"]) == (job_id, "input-too-large")
    assert len(found(await api.http.get(LETTERS))["items"]) == 1
    assert found(await api.http.get("/api/agent-jobs"))["items"][0]["blockedReason"] == job["blockedReason"]

    api.publish(snapshot(1, Status.RUNNING, job_id=job_id))
    job = await api.until(url, lambda job: job["status"] == "running")
    assert "blockedReason" not in job
    assert "deadLetter" not in job["links"]
