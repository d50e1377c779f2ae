"""What of a service's log is shown at the terminal."""

import json
from pathlib import Path

import pytest

from sluicegate_dev.screen import LogTail, short


def _entry(level: str, event: str, **more: str) -> bytes:
    return json.dumps({"level": level, "event": event, **more}).encode() + b"\n"


def test_warnings_and_errors_are_shown_with_their_job() -> None:
    assert short(_entry("warning", "lease lost", job_id="j1")) == "warning: lease lost (job j1)"
    assert short(_entry("error", "dead")) == "error: dead"


def test_a_failed_attempt_is_shown_with_its_job_type_and_what_was_raised() -> None:
    raw = _entry("warning", "attempt failed", job_type="announce-release", error="ValueError", job_id="j1")
    assert short(raw) == "warning: attempt failed: announce-release, ValueError (job j1)"


def test_a_long_error_is_cut() -> None:
    assert len(short(_entry("warning", "event not published", error="x" * 9000)) or "") < 200


def test_a_log_lost_is_told_without_alarm() -> None:
    assert short(_entry("error", "log lost")) == "the broker has lost its log; what has had no answer is sent again"


@pytest.mark.parametrize(
    "raw", [_entry("info", "ready"), _entry("error", "FAIL", logger="librdkafka"), b"not json\n", b"[]\n", b"\n"]
)
def test_everything_else_stays_in_the_file(raw: bytes) -> None:
    assert short(raw) is None


def test_only_what_is_new_is_shown_and_only_whole_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    log.write_bytes(_entry("error", "old"))
    tail = LogTail("worker", log)
    line = _entry("error", "new")
    with log.open("ab") as file:
        file.write(line[:10])
        file.flush()
        tail.show_new()
        assert capsys.readouterr().out == ""
        file.write(line[10:])
        file.flush()
        tail.show_new()
    assert capsys.readouterr().out.split() == ["worker", "error:", "new"]


def test_a_line_that_keeps_coming_is_shown_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    tail = LogTail("worker", log)
    log.write_bytes(_entry("error", "same") * 50)
    tail.show_new()
    assert capsys.readouterr().out.count("same") == 1
