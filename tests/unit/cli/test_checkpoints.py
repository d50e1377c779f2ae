"""`sluicegate checkpoints`."""

import json
from pathlib import Path

import pytest

from sluicegate.cli.session import Identity
from tests.support.http_api import (
    CHECKPOINT_ID,
    ETAG,
    api,
    checkpoint,
    comment,
    decision,
    ok,
    problem,
    refused,
    shown_checkpoint,
)
from tests.unit.cli.command_line import against

SHOWN = ok(shown_checkpoint({"files": [{"path": "a.ts", "content": "one\ntwo"}]}), etag=ETAG)
APPROVED = ok(checkpoint("approved", decision=decision()), etag='"later"')


def test_an_approval_shows_the_payload_asks_and_sends_the_etag_that_it_showed() -> None:
    scripted = api(SHOWN, APPROVED)
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, typed="y\n")
    assert done.exit_code == 0
    assert "│ two" in done.stderr
    assert "Approve this payload?" in done.stderr
    assert done.stdout.endswith(f"\n{CHECKPOINT_ID} is approved by ana\n")
    assert [call.method for call in scripted.calls] == ["GET", "POST"]
    assert scripted.calls[1].headers["if-match"] == ETAG


def test_saying_no_decides_nothing() -> None:
    scripted = api(SHOWN)
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, typed="n\n")
    assert done.exit_code == 9
    assert [call.method for call in scripted.calls] == ["GET"]


def test_when_nobody_can_answer_nothing_is_decided() -> None:
    scripted = api(SHOWN)
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, typed="")
    assert done.exit_code == 9
    assert done.stderr.endswith("\nnothing was decided\n")
    assert [call.method for call in scripted.calls] == ["GET"]


def test_yes_decides_without_asking_and_prints_json_alone() -> None:
    scripted = api(SHOWN, APPROVED)
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, "--yes", "-o", "json", "--reason", "fine")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert json.loads(done.stdout)["state"] == "approved"
    assert json.loads(scripted.calls[1].content) == {"reason": "fine"}
    assert scripted.calls[1].headers["if-match"] == ETAG


def test_an_etag_from_an_earlier_look_is_the_one_that_is_sent() -> None:
    scripted = api(SHOWN, problem(412, "precondition-failed"))
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, "--yes", "--etag", '"seen"')
    assert done.exit_code == 5
    assert scripted.calls[1].headers["if-match"] == '"seen"'


def test_an_edit_is_shown_as_a_difference_and_sent_as_it_stands_in_the_file(tmp_path: Path) -> None:
    text = '{ "files": [{"path": "a.ts", "content": "one\\nTWO"}] }'
    (tmp_path / "edit.json").write_text(text)
    scripted = api(SHOWN, APPROVED)
    done = against(scripted).run(
        "checkpoints", "approve", CHECKPOINT_ID, "--edit", str(tmp_path / "edit.json"), typed="y\n"
    )
    assert done.exit_code == 0
    assert "-      │ two" in done.stderr
    assert "+      │ TWO" in done.stderr
    assert scripted.calls[1].content == b'{"editedPayload":' + text.encode() + b"}"
    assert scripted.calls[1].headers["if-match"] == ETAG


def test_an_edit_that_is_no_json_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "edit.json").write_text("{")
    scripted = api(SHOWN)
    done = against(scripted).run("checkpoints", "approve", CHECKPOINT_ID, "--edit", str(tmp_path / "edit.json"))
    assert done.exit_code == 2
    assert scripted.calls == []


def test_a_rejection_needs_a_reason() -> None:
    scripted = api(SHOWN)
    assert against(scripted).run("checkpoints", "reject", CHECKPOINT_ID, "--yes").exit_code == 2
    assert scripted.calls == []


def test_a_rejection_asks_too() -> None:
    scripted = api(SHOWN, ok(checkpoint("rejected", decision=decision("rejected"))))
    done = against(scripted).run("checkpoints", "reject", CHECKPOINT_ID, "--reason", "no", typed="y\n")
    assert done.exit_code == 0
    assert scripted.calls[1].method == "DELETE"
    assert scripted.calls[1].headers["if-match"] == ETAG


def test_an_info_is_acknowledged() -> None:
    seen = checkpoint("recorded", kind="info", acknowledged={"by": "ana", "at": "2026-11-22T12:05:00Z"})
    scripted = api(ok(seen))
    done = against(scripted).run("checkpoints", "acknowledge", CHECKPOINT_ID)
    assert done.stdout == f"{CHECKPOINT_ID} is acknowledged by ana\n"
    assert scripted.calls[0].url.path.endswith("/acknowledge")


def test_decisions_are_the_approvers_unless_somebody_else_is_named() -> None:
    line = against(api(ok({"items": [], "nextCursor": None})))
    line.run("checkpoints", "list")
    line.run("checkpoints", "list", "--as", "admin")
    assert line.identities == [Identity.APPROVER, Identity.ADMIN]


def test_a_list_can_be_of_every_state() -> None:
    scripted = api(ok({"items": [checkpoint("expired")], "nextCursor": None}))
    done = against(scripted).run("checkpoints", "list", "--all", "--risk", "medium")
    assert str(scripted.calls[0].url.query, "ascii") == "state=all&risk=medium&limit=50"
    assert "expired" in done.stdout


def test_json_keeps_the_exact_text_and_the_etag() -> None:
    text = '{"n":123456789012345678901234567890}'
    payload = {"n": 123456789012345678901234567890}
    done = against(api(ok(shown_checkpoint(payload, text), etag=ETAG))).run(
        "checkpoints", "show", CHECKPOINT_ID, "-o", "json"
    )
    shown = json.loads(done.stdout)
    assert (shown["payloadText"], shown["payload"], shown["etag"]) == (text, payload, ETAG)


def test_a_comment_is_said_by_the_approver() -> None:
    line = against(api(ok(comment(), 201)))
    done = line.run("checkpoints", "comment", CHECKPOINT_ID, "Is this safe?")
    assert (done.exit_code, done.stdout) == (0, "said as cleo at 2026-11-22 12:03:00Z\n")
    assert json.loads(line.api.calls[0].content) == {"text": "Is this safe?"}
    assert line.identities == [Identity.APPROVER]


def test_a_long_comment_can_be_typed_in() -> None:
    line = against(api(ok(comment(), 201)))
    done = line.run("checkpoints", "comment", CHECKPOINT_ID, "-", "-o", "json", typed="one\ntwo\n")
    assert json.loads(line.api.calls[0].content) == {"text": "one\ntwo\n"}
    assert json.loads(done.stdout)["by"] == "cleo"


def test_what_was_said_is_shown_with_a_checkpoint_and_steers_no_terminal() -> None:
    shown = shown_checkpoint() | {"timeline": [comment(text="look\nhere \x1b[2J")]}
    done = against(api(ok(shown, etag=ETAG))).run("checkpoints", "show", CHECKPOINT_ID)
    assert "cleo said at 2026-11-22 12:03:00Z\n  look\n  here ⟨U+001B⟩[2J\n" in done.stdout


DECISIONS = [{"checkpointId": CHECKPOINT_ID, "payloadDigest": "sha256:" + "0" * 64, "decision": "approve"}]


def test_many_are_decided_as_a_file_says(tmp_path: Path) -> None:
    file = tmp_path / "decisions.json"
    file.write_text(json.dumps(DECISIONS))
    done = {"checkpointId": CHECKPOINT_ID, "status": 200, "checkpoint": checkpoint("approved")}
    line = against(api(ok({"results": [done]})))
    told = line.run("checkpoints", "bulk", str(file))
    assert told.exit_code == 0
    assert "approved" in told.stdout
    assert json.loads(line.api.calls[0].content) == {"decisions": DECISIONS}
    assert line.identities == [Identity.APPROVER]


def test_one_that_is_refused_is_told_and_makes_the_exit_code(tmp_path: Path) -> None:
    line = against(api(ok({"results": [refused(403, "self-approval", "You requested this job.")]})))
    told = line.run("checkpoints", "bulk", "-", typed=json.dumps(DECISIONS))
    assert told.exit_code == 5
    assert "403" in told.stdout
    assert "You requested this job." in told.stdout
    as_json = line.run("checkpoints", "bulk", "-", "-o", "json", typed=json.dumps(DECISIONS))
    assert json.loads(as_json.stdout)[0]["problem"]["status"] == 403


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"checkpointId": "x"}]'])
def test_a_file_of_something_else_decides_nothing(text: str) -> None:
    line = against(api(ok({"results": []})))
    assert line.run("checkpoints", "bulk", "-", typed=text).exit_code == 2
    assert line.api.calls == []
