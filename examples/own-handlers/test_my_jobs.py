"""The handler, in memory: suspended, resumed, crashed, as a worker would do it."""

from pathlib import Path

from my_jobs import announce_release

from sluicegate.testing import edit, reject, run

RELEASE = {"product": "sluicegate", "version": "1.0"}


def test_the_announcement_waits_for_a_person(tmp_path: Path) -> None:
    outcome = run(announce_release, RELEASE, workspace=tmp_path)
    assert outcome.waiting_for == "publish"
    assert list(tmp_path.iterdir()) == []


def test_what_was_approved_is_published_even_after_a_crash(tmp_path: Path) -> None:
    answers = {"publish": edit({"text": "Sluicegate 1.0 is here."})}
    outcome = run(announce_release, RELEASE, decisions=answers, crash_after="draft", workspace=tmp_path)
    assert outcome.result == {"published": "sluicegate-1.0.txt"}
    assert (tmp_path / "sluicegate-1.0.txt").read_text() == "Sluicegate 1.0 is here."


def test_nothing_is_published_when_a_person_says_no(tmp_path: Path) -> None:
    outcome = run(announce_release, RELEASE, decisions={"publish": reject("not yet")}, workspace=tmp_path)
    assert outcome.status == "rejected"
    assert list(tmp_path.iterdir()) == []
