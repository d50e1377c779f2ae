"""`simple-task`: tells people, waits for nobody; and the module that a worker loads."""

import json
from pathlib import Path

import pytest

from sluicegate.journal import Kind
from sluicegate.registry import load_handlers
from sluicegate.testing import run
from sluicegate_handlers import do_simple_task, generate_code

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("crash_after", [None, "received", "echo"])
def test_it_succeeds_without_waiting(crash_after: str | None) -> None:
    body = json.loads((EXAMPLES / "inputs/simple-task.json").read_text())
    outcome = run(do_simple_task, body["inputData"], crash_after=crash_after)
    assert outcome.result == {"message": "Simple task completed", "input": {"test": "data"}, "written": []}
    assert [(asked.key, asked.kind) for asked in outcome.checkpoints] == [("received", Kind.INFO)]


def test_the_package_holds_the_three_handlers_and_their_input_schemas() -> None:
    handlers = load_handlers(["sluicegate_handlers"])
    assert set(handlers) == {"simple-task", "code-generation", "data-processing"}
    for handler in handlers.values():
        assert handler.input_schema["type"] == "object"


def test_the_example_that_changes_a_file_shows_its_earlier_version(tmp_path: Path) -> None:
    earlier = (EXAMPLES / "workspace/site/lib/auth.ts").read_text()
    (tmp_path / "site/lib").mkdir(parents=True)
    (tmp_path / "site/lib/auth.ts").write_text(earlier)
    body = json.loads((EXAMPLES / "inputs/code-generation-change.json").read_text())
    outcome = run(generate_code, body["inputData"], decisions={"write-files": "approve"}, workspace=tmp_path)
    (change,) = outcome.checkpoints[0].payload["files"]
    assert change["present"]["content"] == earlier
    assert (tmp_path / "site/lib/auth.ts").read_text() == change["content"] != earlier


def test_the_example_that_writes_new_files_writes_them(tmp_path: Path) -> None:
    body = json.loads((EXAMPLES / "inputs/code-generation.json").read_text())
    outcome = run(generate_code, body["inputData"], decisions={"write-files": "approve"}, workspace=tmp_path)
    for file in body["inputData"]["files"]:
        assert (tmp_path / "jobs/test-job" / file["path"]).read_text() == file["content"]
    assert len(outcome.result["written"]) == 2
