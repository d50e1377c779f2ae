"""`sluicegate checkpoints`."""

import json
from pathlib import Path

from sluicegate.cli.session import Identity
from tests.support.http_api import CHECKPOINT_ID, ETAG, api, checkpoint, decision, ok, problem, shown_checkpoint
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
