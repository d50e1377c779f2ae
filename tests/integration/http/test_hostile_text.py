"""Text of the corpus goes through both services unchanged: it is for those who show it to make it safe."""

import json

import pytest

from sluicegate_kit.access.roles import Role
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id
from tests.integration.http.furnish import CHECKPOINTS, JOBS
from tests.integration.http.house import House
from tests.support.corpus import TextEntry, text_entries
from tests.support.waiting import eventually
from tests.unit.api.ledger import START
from tests.unit.checkpoint_svc.examples import created

ENTRIES = text_entries()
LONGEST_DESCRIPTION = 20_000
LONGEST_TITLE = 200


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.file}: {entry.name}" for entry in ENTRIES])
def test_a_job_keeps_it(house: House, entry: TextEntry) -> None:
    body = {
        "jobType": "simple-task",
        "taskDescription": entry.text[:LONGEST_DESCRIPTION],
        "inputData": {"text": entry.text, entry.text[:100]: 1},
    }
    with house.api.http(Role.SUBMITTER) as http:
        submitted = http.post(JOBS, json=body)
        assert submitted.status_code == 202, submitted.text
        shown = http.get(submitted.headers["location"]).json()
        assert {name: shown[name] for name in body} == body
        listed = http.get(JOBS, params={"limit": 1}).json()["items"][0]
        assert listed["taskDescription"] == body["taskDescription"]


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{entry.file}: {entry.name}" for entry in ENTRIES])
def test_a_checkpoint_keeps_it_and_so_does_its_decision(house: House, entry: TextEntry) -> None:
    payload = json.dumps({"text": entry.text}, ensure_ascii=False)
    ask = created(
        job_id=f"hostile-{ENTRIES.index(entry)}",
        payload=payload,
        title=entry.text[:LONGEST_TITLE] or "(empty)",
        description=entry.text[:LONGEST_DESCRIPTION],
    )
    house.deliver(envelope.write(ask, ce_id=new_id(), source="test", at=START))
    path = f"{CHECKPOINTS}/{ask.checkpoint_id}"
    with house.checkpoint_svc.http(Role.APPROVER) as http:
        eventually(lambda: http.get(path).status_code == 200, "checkpoint-svc knows it")
        shown = http.get(path).json()
        assert (shown["title"], shown["description"]) == (ask.title, ask.description)
        assert (shown["payloadText"], shown["payload"]) == (payload, {"text": entry.text})
        reason = entry.text[:LONGEST_DESCRIPTION].strip() or "empty"
        rejected = http.request("DELETE", path, json={"reason": reason})
        assert rejected.status_code == 200, rejected.text
        assert rejected.json()["decision"]["reason"] == reason
