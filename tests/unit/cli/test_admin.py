"""`sluicegate worker` and `sluicegate dead-letters`."""

import base64
import json

import pytest

from sluicegate.cli.session import Identity
from tests.support.http_api import api, ok, problem
from tests.unit.cli.command_line import against

REPLICA = {
    "workerId": "host-1",
    "version": "1",
    "state": "ready",
    "slots": 3,
    "activeJobs": 2,
    "fleetVersion": 1,
    "jobTypes": ["simple-task"],
    "live": True,
    "lastStatusAt": "2026-11-22T12:00:00Z",
}
FLEET = {
    "desired": "started",
    "version": 1,
    "confirmed": True,
    "replicas": [REPLICA],
    "queue": [{"jobType": "simple-task", "state": "ready", "count": 4}],
    "unhandledJobTypes": ["odd-one"],
    "demand": 6,
}
DEAD_LETTER_ID = "0193e000-0000-7000-8000-000000000001"
LETTER = {
    "id": DEAD_LETTER_ID,
    "topic": "sluicegate.job-requested.v1",
    "partition": 0,
    "offset": 7,
    "code": "not-json",
    "reason": "not valid JSON",
    "at": "2026-11-22T12:00:00Z",
    "receivedAt": "2026-11-22T12:00:00Z",
    "headers": [{"name": "ce_type", "value": "G1s="}],
    "value": base64.b64encode(b"\x1b[2J\xff").decode(),
}


@pytest.mark.parametrize(("command", "method"), [("status", "GET"), ("start", "POST"), ("stop", "DELETE")])
def test_the_fleet_is_shown_started_and_stopped_as_the_admin(command: str, method: str) -> None:
    line = against(api(ok(FLEET)))
    done = line.run("worker", command)
    assert done.exit_code == 0
    assert line.api.calls[0].method == method
    assert line.identities == [Identity.ADMIN]
    for word in ("started", "host-1", "2 of 3", "simple-task", "odd-one"):
        assert word in done.stdout


def test_the_fleet_as_json() -> None:
    done = against(api(ok(FLEET))).run("worker", "status", "-o", "json")
    assert json.loads(done.stdout)["demand"] == 6


def test_dead_letters_are_listed() -> None:
    done = against(api(ok({"items": [LETTER], "nextCursor": None}))).run("dead-letters", "list")
    assert "not-json" in done.stdout


def test_the_raw_bytes_of_a_dead_letter_are_shown_without_their_power() -> None:
    done = against(api(ok(LETTER))).run("dead-letters", "show", DEAD_LETTER_ID)
    assert "⟨U+001B⟩[2J\\xff" in done.stdout
    assert "ce_type: ⟨U+001B⟩[" in done.stdout


def test_a_dead_letter_that_is_not_whole_says_so() -> None:
    done = against(api(ok(LETTER | {"valueBytes": 5_000_000}))).run("dead-letters", "show", DEAD_LETTER_ID)
    assert "value, first 5 bytes of 5000000; the record is too large to be kept whole or sent again" in done.stdout


def test_a_redrive_is_sent_once() -> None:
    line = against(api(ok(LETTER, 202)))
    assert line.run("dead-letters", "redrive", DEAD_LETTER_ID).exit_code == 0
    assert [call.url.path.rsplit("/", 1)[1] for call in line.api.calls] == ["redrive"]


def test_a_record_that_its_owner_resends_is_a_conflict() -> None:
    assert against(api(problem(409, "resent-by-owner"))).run("dead-letters", "redrive", "x").exit_code == 5
