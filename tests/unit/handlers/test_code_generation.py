"""`code-generation`: the files that were approved are written, and nothing else."""

import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.handlers.test_safe_path import HOSTILE

from sluicegate.testing import RunOutcome, edit, reject, run
from sluicegate_handlers import generate_code
from sluicegate_handlers.files import digest

Anything = dict[str, Any]
APPROVE = {"write-files": "approve"}


def files(**contents: str) -> Anything:
    return {"files": [{"path": path.replace("__", "/"), "content": content} for path, content in contents.items()]}


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def failure(outcome: RunOutcome) -> str:
    assert outcome.error is not None, outcome
    assert not outcome.error.retryable
    return outcome.error.type


def test_nothing_is_written_before_a_decision(tmp_path: Path) -> None:
    outcome = run(generate_code, files(a="1"), workspace=tmp_path)
    assert (outcome.status, outcome.waiting_for) == ("waiting", "write-files")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("answer", [reject("no"), "expire", "cancel"])
def test_nothing_is_written_without_approval(tmp_path: Path, answer: Any) -> None:
    run(generate_code, files(a="1"), decisions={"write-files": answer}, workspace=tmp_path)
    assert tree(tmp_path) == {}


def test_approved_files_are_written_into_the_jobs_own_folder(tmp_path: Path) -> None:
    outcome = run(generate_code, files(lib__a="1", b="ü\r\n"), decisions=APPROVE, workspace=tmp_path, job_id="j1")
    assert (tmp_path / "jobs/j1/lib/a").read_bytes() == b"1"
    assert (tmp_path / "jobs/j1/b").read_bytes() == "ü\r\n".encode()
    assert outcome.result == {
        "target": "jobs/j1",
        "written": [
            {"path": "jobs/j1/lib/a", "digest": digest(b"1"), "bytes": 1},
            {"path": "jobs/j1/b", "digest": digest("ü\r\n".encode()), "bytes": 4},
        ],
        "edited": False,
    }


def test_the_reviewer_sees_each_files_present_content_and_digest(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/old").write_text("before")
    (tmp_path / "site/binary").write_bytes(b"\xff\xfe")
    (tmp_path / "site/nul").write_bytes(b"a\0b")
    outcome = run(
        generate_code, files(old="after", new="n", binary="b", nul="c") | {"target": "site"}, workspace=tmp_path
    )
    (asked,) = outcome.checkpoints
    assert asked.payload["target"] == "site"
    assert [(file["path"], file["content"], file["present"]) for file in asked.payload["files"]] == [
        ("old", "after", {"content": "before", "digest": digest(b"before"), "bytes": 6}),
        ("new", "n", None),
        ("binary", "b", {"content": None, "digest": digest(b"\xff\xfe"), "bytes": 2}),
        ("nul", "c", {"content": None, "digest": digest(b"a\0b"), "bytes": 3}),
    ]


def test_an_edited_change_set_is_what_is_written(tmp_path: Path) -> None:
    (asked,) = run(generate_code, files(a="1") | {"target": "site"}, workspace=tmp_path).checkpoints
    changed = asked.payload | {"files": [asked.payload["files"][0] | {"content": "2"}]}
    outcome = run(
        generate_code,
        files(a="1") | {"target": "site"},
        decisions={"write-files": edit(changed)},
        workspace=tmp_path,
    )
    assert tree(tmp_path) == {"site/a": "2"}
    assert outcome.result["edited"] is True


@pytest.mark.parametrize(
    "payload", [{}, {"target": "x", "files": []}, {"target": "x", "files": [{"path": "a", "content": 1}]}, [], None]
)
def test_an_edit_of_another_shape_writes_nothing(tmp_path: Path, payload: Any) -> None:
    outcome = run(generate_code, files(a="1"), decisions={"write-files": edit(payload)}, workspace=tmp_path)
    assert failure(outcome) == "BadEdit"
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("field", ["path", "target"])
def test_an_edit_cannot_lead_out_of_the_workspace(tmp_path: Path, field: str) -> None:
    change = {"path": "a", "content": "x", "present": None}
    payload: Anything = {"target": "site", "files": [change]}
    if field == "path":
        change["path"] = "../../x"
    else:
        payload["target"] = "../x"
    outcome = run(
        generate_code, files(a="1"), decisions={"write-files": edit(payload)}, workspace=tmp_path / "workspace"
    )
    assert failure(outcome) == "UnsafePath"
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("path", [path for path in HOSTILE if "\ud800" not in path])
@pytest.mark.parametrize("field", ["path", "target"])
def test_a_hostile_path_is_refused_before_a_reviewer_is_asked(tmp_path: Path, field: str, path: str) -> None:
    data = files(a="1") | {"target": path} if field == "target" else {"files": [{"path": path, "content": "1"}]}
    outcome = run(generate_code, data, workspace=tmp_path / "workspace")
    assert failure(outcome) == "UnsafePath"
    assert outcome.checkpoints == ()


@pytest.mark.parametrize("place", ["site", "site/lib", "site/lib/a"])
def test_a_link_out_of_the_workspace_is_refused_before_a_reviewer_is_asked(tmp_path: Path, place: str) -> None:
    outside, workspace = tmp_path / "outside", tmp_path / "workspace"
    outside.mkdir()
    (workspace / place).parent.mkdir(parents=True)
    (workspace / place).symlink_to(outside)
    outcome = run(generate_code, files(lib__a="1") | {"target": "site"}, workspace=workspace)
    assert failure(outcome) == "UnsafePath"
    assert "link" in (outcome.error.message if outcome.error else "")
    assert outcome.checkpoints == ()


def test_files_that_cannot_stand_together_are_refused_before_a_reviewer_is_asked(tmp_path: Path) -> None:
    outcome = run(generate_code, files(a="1", a__b="2"), workspace=tmp_path)
    assert (failure(outcome), outcome.checkpoints) == ("UnsafePath", ())


@pytest.mark.parametrize(
    "data", [{}, {"files": []}, {"files": [{"path": "a"}]}, {"files": [{"path": 1, "content": ""}]}]
)
def test_input_of_another_shape_is_refused(tmp_path: Path, data: Anything) -> None:
    assert failure(run(generate_code, data, workspace=tmp_path)) == "InvalidInput"


class ChangesWhileItWaits(dict[str, str]):
    """Decisions that somebody else's hand accompanies."""

    def __init__(self, place: Path, content: str | None) -> None:
        super().__init__(APPROVE)
        self.place, self.content = place, content

    def get(self, key: str, default: Any = None) -> Any:
        if self.content is None:
            self.place.unlink()
        else:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.place.write_text(self.content)
        return super().get(key, default)


@pytest.mark.parametrize("content", ["somebody else's", None])
def test_a_target_that_changed_since_the_review_fails_the_job_and_writes_nothing(
    tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/b").write_text("before")
    data = files(a="1", b="2") | {"target": "site"}
    changing = ChangesWhileItWaits(tmp_path / "site/b", content)
    outcome = run(generate_code, data, decisions=changing, workspace=tmp_path)
    assert failure(outcome) == "TargetChanged"
    assert tree(tmp_path) == ({} if content is None else {"site/b": content})

    # A person's retry is a new run: it asks again, about what is there now.
    again = run(generate_code, data, decisions=APPROVE, workspace=tmp_path)
    present = again.checkpoints[0].payload["files"][1]["present"]
    assert (present and present["content"]) == content
    assert tree(tmp_path) == {"site/a": "1", "site/b": "2"}


def test_a_target_that_became_what_was_approved_counts_as_written(tmp_path: Path) -> None:
    changing = ChangesWhileItWaits(tmp_path / "site/a", "1")
    outcome = run(generate_code, files(a="1") | {"target": "site"}, decisions=changing, workspace=tmp_path)
    assert outcome.status == "succeeded"


@pytest.mark.parametrize("crash_after", ["write-files", "write-1", "write-2", "write-3"])
def test_a_crash_between_two_files_ends_with_all_of_them_written(tmp_path: Path, crash_after: str) -> None:
    data = files(a="1", b="2", c="3") | {"target": "site"}
    outcome = run(generate_code, data, decisions=APPROVE, crash_after=crash_after, workspace=tmp_path)
    assert len(outcome.result["written"]) == 3
    assert tree(tmp_path) == {"site/a": "1", "site/b": "2", "site/c": "3"}


def test_a_crash_between_a_write_and_its_record_ends_well_too(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fsync, calls = os.fsync, iter(range(100))

        def die_once(file: int) -> None:
            fsync(file)
            if next(calls) == 2:  # after the rename of the first file: its folder's fsync
                raise ConnectionError("the process is gone")

        (tmp_path / "site").mkdir()
        patch.setattr(os, "fsync", die_once)
        outcome = run(generate_code, files(a="1", b="2") | {"target": "site"}, decisions=APPROVE, workspace=tmp_path)
    assert (outcome.status, outcome.attempts) == ("succeeded", 2)
    assert tree(tmp_path) == {"site/a": "1", "site/b": "2"}
