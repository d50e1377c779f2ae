"""`sluicegate jobs`."""

import json
from pathlib import Path

import httpx
import pytest

from tests.support.http_api import CHECKPOINT_ID, api, job, ok
from tests.unit.cli.command_line import against


def test_a_submit_reads_its_input_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"n": 123456789012345678901234567890}')
    scripted = api(ok(job(), 202))
    done = against(scripted).run("jobs", "submit", "simple-task", "-i", str(tmp_path / "in.json"), "--priority", "8")
    assert done.exit_code == 0
    assert "job-1" in done.stdout
    sent = json.loads(scripted.calls[0].content)
    assert sent["inputData"] == {"n": 123456789012345678901234567890}
    assert sent["priority"] == 8


def test_a_submit_reads_its_input_from_standard_input() -> None:
    scripted = api(ok(job(), 202))
    done = against(scripted).run("jobs", "submit", "simple-task", "-i", "-", "-d", "why", typed='{"a": 1}')
    assert done.exit_code == 0
    assert json.loads(scripted.calls[0].content)["taskDescription"] == "why"


@pytest.mark.parametrize("text", ["[1]", "{", '{"a":1,"a":2}', "\xff"])
def test_input_that_is_no_object_is_a_usage_error_and_nothing_is_sent(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.json").write_text(text, encoding="latin-1")
    scripted = api(ok(job(), 202))
    done = against(scripted).run("jobs", "submit", "simple-task", "-i", str(tmp_path / "in.json"))
    assert done.exit_code == 2
    assert scripted.calls == []


def test_a_file_that_cannot_be_used_is_named_once_with_the_reason(tmp_path: Path) -> None:
    line = against(api(ok(job(), 202)))
    missing, latin = tmp_path / "missing.json", tmp_path / "latin.json"
    latin.write_bytes(b'{"a": "\xe4"}')
    for arguments, said in (
        (["-i", str(missing)], f"{missing}: No such file or directory\n"),
        (["-i", str(tmp_path)], f"{tmp_path}: Is a directory\n"),
        (["-i", str(latin)], f"{latin}: it is not UTF-8 (byte 7)\n"),
        (["-i", "-"], "standard input: not valid JSON"),
    ):
        done = line.run("jobs", "submit", "simple-task", *arguments, typed="{")
        assert done.exit_code == 2
        assert f"Invalid value: {said}" in done.stderr


def test_a_job_that_nobody_handles_is_told_in_words() -> None:
    done = against(api(ok(job("queued", blockedReason="no-handler")), ok({"items": [], "nextCursor": None}))).run(
        "jobs", "show", "job-1"
    )
    assert "queued · no worker handles this type" in done.stdout


def test_a_submit_sends_a_whole_request_and_what_the_command_line_says_wins(tmp_path: Path) -> None:
    request = {
        "jobType": "code-generation",
        "taskDescription": "Generate it",
        "inputData": {"n": 2**70},
        "priority": 8,
        "runAt": "2026-01-31T12:00:00Z",
        "tags": ["auth"],
    }
    (tmp_path / "request.json").write_text(json.dumps(request))
    scripted = api(ok(job(), 202), ok(job(), 202))
    line = against(scripted)
    assert line.run("jobs", "submit", "--request", str(tmp_path / "request.json")).exit_code == 0
    given = line.run(
        "jobs", "submit", "simple-task", "-r", "-", "--priority", "2", "--tag", "now", typed=json.dumps(request)
    )
    assert given.exit_code == 0
    plain, changed = (json.loads(call.content) for call in scripted.calls)
    assert plain == request
    assert changed == plain | {"jobType": "simple-task", "priority": 2, "tags": ["now"]}


@pytest.mark.parametrize(
    ("request_text", "said"),
    [
        ('{"jobType":"a","color":"red"}', "color"),
        ('{"taskDescription":"no type"}', "which job type"),
        ('{"jobType":"a","inputData":[1]}', "input_data"),
        ('{"jobType":"a","tags":"nightly"}', "tags"),
        ('{"jobType":"a","runAt":"tomorrow"}', "runAt"),
        ('{"jobType":"a","runAt":"2026-01-31T12:00:00"}', "offset"),
        ("[]", "object"),
    ],
)
def test_a_request_that_can_not_be_sent_is_a_usage_error(request_text: str, said: str) -> None:
    scripted = api(ok(job(), 202))
    done = against(scripted).run("jobs", "submit", "--request", "-", typed=request_text)
    assert (done.exit_code, scripted.calls) == (2, [])
    assert said in done.stderr


def test_standard_input_is_read_for_one_of_the_two() -> None:
    done = against(api(ok(job(), 202))).run("jobs", "submit", "-r", "-", "-i", "-", typed="{}")
    assert done.exit_code == 2


def test_a_list_shows_at_most_what_was_asked_for_over_several_pages() -> None:
    scripted = api(
        ok({"items": [job(jobId="a"), job(jobId="b")], "nextCursor": "c"}),
        ok({"items": [job(jobId="c"), job(jobId="d")], "nextCursor": "e"}),
    )
    done = against(scripted).run("jobs", "list", "--limit", "3", "--status", "failed", "-o", "json")
    assert [item["jobId"] for item in json.loads(done.stdout)] == ["a", "b", "c"]
    assert len(scripted.calls) == 2
    assert scripted.calls[0].url.params["status"] == "failed"


def test_a_table_has_a_row_for_each_job() -> None:
    done = against(api(ok({"items": [job(), job(jobId="job-2")], "nextCursor": None}))).run("jobs", "list")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if "job-" in line] == ["job-1", "job-2"]


def test_a_shown_job_lists_its_checkpoints_and_its_result() -> None:
    listed = {
        "checkpointId": CHECKPOINT_ID,
        "jobId": "job-1",
        "run": 1,
        "kind": "approval",
        "state": "pending",
        "summary": "pending",
        "url": f"/api/admin/agent-checkpoints/{CHECKPOINT_ID}",
    }
    answers = ok(job("succeeded", result={"files": ["a.ts"]})), ok({"items": [listed]})
    done = against(api(*answers)).run("jobs", "show", "job-1")
    assert done.exit_code == 0
    assert '"a.ts"' in done.stdout
    assert CHECKPOINT_ID in done.stdout


@pytest.mark.parametrize(
    ("status", "code"), [("succeeded", 0), ("failed", 20), ("rejected", 21), ("expired", 22), ("cancelled", 23)]
)
def test_a_watch_ends_with_the_code_of_how_the_job_ended(status: str, code: int) -> None:
    done = against(api(ok(job(status)))).run("jobs", "watch", "job-1")
    assert done.exit_code == code
    assert status in done.stdout


def test_a_watch_until_settled_ends_well_where_a_person_is_waited_for() -> None:
    done = against(api(ok(job("waiting")))).run("jobs", "watch", "job-1", "--until", "settled", "-o", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] == "waiting"


def test_a_watch_that_takes_too_long_says_so() -> None:
    done = against(api(ok(job("running")))).run("jobs", "watch", "job-1", "--timeout", "0")
    assert done.exit_code == 8
    assert "still running" in done.stderr


def test_a_submit_that_watches_ends_as_the_job_does() -> None:
    done = against(api(ok(job(), 202), ok(job("failed")))).run("jobs", "submit", "simple-task", "--watch")
    assert done.exit_code == 20


def controlled(action: str, status: str) -> httpx.Response:
    control = {
        "controlId": "0193e000-0000-7000-8000-000000000001",
        "action": action,
        "run": 1,
        "requestedBy": "sam",
        "at": "2026-11-22T12:00:00Z",
    }
    return ok(job(status, pendingControl=control), 202)


def test_a_cancel_says_what_was_asked() -> None:
    scripted = api(controlled("cancel", "running"))
    done = against(scripted).run("jobs", "cancel", "job-1", "--reason", "not needed")
    assert done.exit_code == 0
    assert json.loads(scripted.calls[0].content) == {"action": "cancel", "reason": "not needed"}
    assert "asked to cancel job-1" in done.stdout


def test_a_retry_is_the_other_control() -> None:
    scripted = api(controlled("retry", "failed"))
    assert against(scripted).run("jobs", "retry", "job-1").exit_code == 0
    assert json.loads(scripted.calls[0].content) == {"action": "retry"}
