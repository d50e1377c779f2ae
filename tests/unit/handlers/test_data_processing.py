"""`data-processing`: the approved plan, over the approved data, gives the approved result."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.handlers.test_safe_path import HOSTILE

from sluicegate.journal import Kind
from sluicegate.testing import RunOutcome, edit, reject, run
from sluicegate_handlers import process_data
from sluicegate_handlers.files import digest

Anything = dict[str, Any]
APPROVE = {"plan": "approve", "publish": "approve"}
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a small CSV file among its inputs."""
    folder = tmp_path / "workspace"
    (folder / "inputs").mkdir(parents=True)
    (folder / "inputs/people.csv").write_text("id,name,age\n007,Ada,36\n008,Alan,41\n")
    return folder


def failure(outcome: RunOutcome) -> str:
    assert outcome.error is not None, outcome
    assert not outcome.error.retryable
    return outcome.error.type


def written(workspace: Path, outcome: RunOutcome) -> str:
    assert outcome.status == "succeeded", outcome
    (file,) = outcome.result["written"]
    data = (workspace / file["path"]).read_bytes()
    assert (file["digest"], file["bytes"]) == (digest(data), len(data))
    return str(data, "utf-8")


def process(workspace: Path, data: Anything, **options: Any) -> RunOutcome:
    return run(process_data, data, workspace=workspace, **({"decisions": APPROVE} | options))


def test_it_asks_about_the_plan_and_then_about_the_result(workspace: Path) -> None:
    data = {"source": "people.csv", "transforms": [{"op": "filter", "column": "age", "is": ">", "value": 40}]}
    first = process(workspace, data, decisions={})
    assert (first.waiting_for, [asked.key for asked in first.checkpoints]) == ("plan", ["source-read", "plan"])
    second = process(workspace, data, decisions={"plan": "approve"})
    assert second.waiting_for == "publish"
    assert [asked.kind for asked in second.checkpoints] == [Kind.INFO, Kind.APPROVAL, Kind.APPROVAL]
    assert sorted(path.name for path in workspace.iterdir()) == ["inputs"]
    third = process(workspace, data)
    assert written(workspace, third) == "id,name,age\n008,Alan,41\n"
    assert third.result["rows"] == {"before": 2, "after": 1}


def test_the_plan_shows_the_files_digest_and_a_profile_of_each_column(workspace: Path) -> None:
    plan = process(workspace, {"source": "people.csv"}, decisions={}).checkpoints[1].payload
    data = (workspace / "inputs/people.csv").read_bytes()
    assert plan["source"] == {"name": "people.csv", "digest": digest(data), "rows": 2}
    assert plan["profile"] == {
        "columns": ["column", "type", "absent", "distinct", "least", "greatest"],
        "rows": [
            ["id", "text", 0, 2, "007", "008"],
            ["name", "text", 0, 2, "Ada", "Alan"],
            ["age", "integer", 0, 2, 36, 41],
        ],
    }


def test_the_plan_is_told_in_words(workspace: Path) -> None:
    data = {"source": "people.csv", "transforms": [{"op": "filter", "column": "age", "is": ">", "value": 40}]}
    plan = process(workspace, data, decisions={}).checkpoints[1]
    assert plan.ask.view is not None
    assert plan.ask.view.words == ["Keep the rows whose “age” is greater than 40"]


def test_publishing_shows_before_and_after_with_counts(workspace: Path) -> None:
    data = {"source": "people.csv", "transforms": [{"op": "select", "columns": ["name"]}]}
    publication = process(workspace, data, decisions={"plan": "approve"}).checkpoints[2].payload
    assert publication["rows"] == {"in": 2, "out": 2}
    assert publication["before"]["columns"] == ["id", "name", "age"]
    assert publication["after"] == {
        "columns": ["name"],
        "rows": [["Ada"], ["Alan"]],
        "rowsInAll": 2,
        "numbers": [1, 2],
    }
    assert publication["present"] is None


@pytest.mark.parametrize("key", ["plan", "publish"])
@pytest.mark.parametrize("answer", [reject("no"), "expire", "cancel"])
def test_nothing_is_written_without_both_approvals(workspace: Path, key: str, answer: Any) -> None:
    outcome = process(workspace, {"source": "people.csv"}, decisions=APPROVE | {key: answer})
    assert outcome.status in ("rejected", "expired", "cancelled")
    assert not (workspace / "jobs").exists()


def test_an_edited_plan_is_what_is_done(workspace: Path) -> None:
    plan = process(workspace, {"source": "people.csv"}, decisions={}).checkpoints[1].payload
    plan["transforms"] = [{"op": "sort", "by": ["age"], "descending": True}]
    plan["output"] = "shared/people.jsonl"
    outcome = process(workspace, {"source": "people.csv"}, decisions=APPROVE | {"plan": edit(plan)})
    assert outcome.result["written"][0]["path"] == "shared/people.jsonl"
    assert [json.loads(line)["id"] for line in written(workspace, outcome).splitlines()] == ["008", "007"]


@pytest.mark.parametrize("change", [{"transforms": [{"op": "drop"}]}, {"transforms": None}, {"extra": 1}])
def test_an_edited_plan_of_another_shape_does_nothing(workspace: Path, change: Anything) -> None:
    plan = process(workspace, {"source": "people.csv"}, decisions={}).checkpoints[1].payload
    outcome = process(workspace, {"source": "people.csv"}, decisions=APPROVE | {"plan": edit(plan | change)})
    assert failure(outcome) == "BadEdit"


class EditsTheFile(dict[str, Any]):
    """Decisions during which somebody changes a file."""

    def __init__(self, during: str, file: Path, text: str) -> None:
        super().__init__(APPROVE)
        self.during, self.file, self.text = during, file, text

    def get(self, key: str, default: Any = None) -> Any:
        if key == self.during:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(self.text)
        return super().get(key, default)


@pytest.mark.parametrize("during", ["plan", "publish"])
def test_a_source_that_changed_since_its_plan_was_made_fails_the_job(workspace: Path, during: str) -> None:
    changing = EditsTheFile(during, workspace / "inputs/people.csv", "id,name,age\n1,Eve,20\n")
    outcome = process(workspace, {"source": "people.csv"}, decisions=changing)
    assert failure(outcome) == "SourceChanged"
    assert not (workspace / "jobs").exists()
    assert written(workspace, process(workspace, {"source": "people.csv"})) == "id,name,age\n1,Eve,20\n"


def test_a_target_that_changed_since_the_review_fails_the_job(workspace: Path) -> None:
    changing = EditsTheFile("publish", workspace / "out/result.csv", "somebody else's")
    outcome = process(workspace, {"source": "people.csv", "target": "out"}, decisions=changing)
    assert failure(outcome) == "TargetChanged"
    assert (workspace / "out/result.csv").read_text() == "somebody else's"


@pytest.mark.parametrize("path", [path for path in HOSTILE if "\ud800" not in path])
@pytest.mark.parametrize("field", ["source", "target"])
def test_a_hostile_path_is_refused_before_a_reviewer_is_asked(workspace: Path, field: str, path: str) -> None:
    outcome = process(workspace, {"source": "people.csv"} | {field: path})
    assert (failure(outcome), outcome.checkpoints) == ("UnsafePath", ())


@pytest.mark.parametrize("output", ["../x.csv", "/x.csv", "a\\b.csv"])
def test_a_hostile_output_is_refused_before_a_reviewer_is_asked(workspace: Path, output: str) -> None:
    outcome = process(workspace, {"source": "people.csv", "output": output})
    assert (failure(outcome), outcome.checkpoints) == ("UnsafePath", ())


@pytest.mark.parametrize("place", ["inputs/linked.csv", "inputs"])
def test_a_source_behind_a_link_is_not_read(workspace: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "linked.csv").write_text("secret\n1\n")
    if place == "inputs":
        (workspace / "inputs").rename(workspace / "aside")
        (workspace / "inputs").symlink_to(tmp_path)
    else:
        (workspace / place).symlink_to(tmp_path / "linked.csv")
    outcome = process(workspace, {"source": "linked.csv"})
    assert (failure(outcome), outcome.checkpoints) == ("UnsafePath", ())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b""),
        ("x.csv", b"a,b\n1,2,3\n"),
        ("x.csv", b"a\n\xff\n"),
        ("x.txt", b"a\n1\n"),
        ("x", b"a\n1\n"),
        ("x.jsonl", b""),
        ("x.jsonl", b"{"),
        ("x.jsonl", b"[1]\n"),
        ("x.jsonl", b'{"a": NaN}\n'),
        ("x.jsonl", b'{"a": [1]}\n'),
        ("x.jsonl", b'{"a": {"b": 1}}\n'),
        ("x.jsonl", b'{"a": 1}\n{"a": "x"}\n'),
        ("x.jsonl", b'{"a": 9007199254740993}\n{"a": 0.5}\n'),
        ("x.jsonl", b'{"a": ' + b"9" * 60 + b"}\n"),
        ("x.jsonl", b'{"a":' + b"[" * 100_000 + b"\n"),
    ],
)
def test_data_that_is_not_what_it_says_is_refused_before_a_reviewer_is_asked(
    workspace: Path, name: str, data: bytes
) -> None:
    (workspace / "inputs" / name).write_bytes(data)
    outcome = process(workspace, {"source": name})
    assert (failure(outcome), outcome.checkpoints) == ("BadSource", ())


def test_a_missing_source_is_named(workspace: Path) -> None:
    outcome = process(workspace, {"source": "none.csv"})
    assert failure(outcome) == "BadSource"
    assert "inputs/none.csv" in (outcome.error.message if outcome.error else "")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"source": "people.csv", "rows": [{"a": 1}]},
        {"source": "people.csv", "output": "x.exe"},
        {"source": "people.csv", "transforms": [{"op": "eval"}]},
        {"source": "people.csv", "transforms": [{"op": "select"}]},
        {"source": "people.csv", "transforms": [{"op": "select", "columns": ["a"], "extra": 1}]},
    ],
)
def test_input_of_another_shape_is_refused(workspace: Path, data: Anything) -> None:
    assert failure(process(workspace, data)) == "InvalidInput"


@pytest.mark.parametrize(
    "transform",
    [
        {"op": "select", "columns": ["nothing"]},
        {"op": "filter", "column": "nothing", "is": "present"},
        {"op": "filter", "column": "name", "is": ">", "value": 1},
        {"op": "filter", "column": "age", "is": "contains", "value": "x"},
        {"op": "rename", "columns": {"nothing": "x"}},
        {"op": "rename", "columns": {"id": "name"}},
        {"op": "sort", "by": ["nothing"]},
        {"op": "deduplicate", "by": ["nothing"]},
        {"op": "fill", "column": "nothing", "value": 1},
        {"op": "fill", "column": "age", "value": "old"},
        {"op": "cast", "column": "name", "to": "integer"},
        {"op": "group", "by": ["nothing"], "into": {"n": {"column": "id", "function": "count"}}},
        {"op": "group", "by": ["id"], "into": {"n": {"column": "nothing", "function": "sum"}}},
        {"op": "group", "by": ["id"], "into": {"id": {"column": "age", "function": "sum"}}},
    ],
)
def test_a_transform_that_cannot_be_applied_is_refused_before_a_reviewer_is_asked(
    workspace: Path, transform: Anything
) -> None:
    outcome = process(workspace, {"source": "people.csv", "transforms": [transform]})
    assert failure(outcome) == "BadPlan"
    assert [asked.key for asked in outcome.checkpoints] == ["source-read"]


def test_a_sum_beyond_64_bits_fails_instead_of_wrapping_round(workspace: Path) -> None:
    rows = [{"k": 1, "n": 2**63 - 1}, {"k": 1, "n": 2**63 - 1}]
    into = {"total": {"column": "n", "function": "sum"}}
    outcome = process(workspace, {"rows": rows, "transforms": [{"op": "group", "by": ["k"], "into": into}]})
    assert failure(outcome) == "BadPlan"


@pytest.mark.parametrize(
    "text",
    [
        "a\n9007199254740993\n",
        "a\n9223372036854775808\n",
        "a\n007\n1\n",
        "a\n1e5\n2\n",
        "a\n1.10\nx\n",
        "a\n120.50\n-0.05\n",
        "a\n0.1234567890123456789\n",
        "a\n01.5\n",
        "a\n+1\n",
        "a\n-0\n",
        "a\n.5\n",
        'a,b\n"x, y","say ""hi"""\n',
        "a,b\n1,\n,2\n",
        "ä\nü\n",
    ],
)
def test_a_table_without_transforms_comes_out_as_it_went_in(workspace: Path, text: str) -> None:
    (workspace / "inputs/same.csv").write_text(text)
    assert written(workspace, process(workspace, {"source": "same.csv"})) == text


def test_amounts_are_added_up_exactly(workspace: Path) -> None:
    (workspace / "inputs/amounts.csv").write_text("k,n\n" + "x,0.10\n" * 3 + "x,-0.3\n")
    into = {"total": {"column": "n", "function": "sum"}}
    transforms = [{"op": "group", "by": ["k"], "into": into}]
    assert written(workspace, process(workspace, {"source": "amounts.csv", "transforms": transforms})).endswith(
        "x,0.00\n"
    )
    lines = {"source": "amounts.csv", "transforms": transforms, "output": "total.jsonl"}
    assert json.loads(written(workspace, process(workspace, lines))) == {"k": "x", "total": 0.0}


def test_a_byte_order_mark_is_not_part_of_a_columns_name(workspace: Path) -> None:
    (workspace / "inputs/bom.csv").write_bytes(b"\xef\xbb\xbfa\n1\n")
    assert written(workspace, process(workspace, {"source": "bom.csv"})) == "a\n1\n"


def test_a_cell_that_could_not_be_shown_is_made_visible(workspace: Path) -> None:
    (workspace / "inputs/odd.csv").write_bytes(b"a\nx\0y\n" + b"z" * 300 + b"\n")
    rows = process(workspace, {"source": "odd.csv"}, decisions={}).checkpoints[0].payload["preview"]["rows"]
    assert rows[0] == ["x␀y"]
    assert len(rows[1][0]) == 200


@pytest.mark.parametrize("crash_after", ["source-read", "plan", "publish", "publish-file"])
def test_a_crash_anywhere_ends_with_the_same_file(workspace: Path, crash_after: str) -> None:
    outcome = process(workspace, {"source": "people.csv"}, crash_after=crash_after)
    assert written(workspace, outcome) == "id,name,age\n007,Ada,36\n008,Alan,41\n"


@pytest.mark.parametrize(
    "body", sorted((EXAMPLES / "inputs").glob("data-processing*.json")), ids=lambda path: path.stem
)
def test_the_examples_run(tmp_path: Path, body: Path) -> None:
    (tmp_path / "inputs").mkdir()
    for file in (EXAMPLES / "workspace/inputs").iterdir():
        (tmp_path / "inputs" / file.name).write_bytes(file.read_bytes())
    outcome = process(tmp_path, json.loads(body.read_text())["inputData"])
    expected = {
        "data-processing": "country,orders,revenue\nUS,2,256.00\nGB,2,200.50\nunknown,1,64.10\nNL,1,45.90\n",
        "data-processing-jsonl": '{"sensor":"north","warmest":5.0}\n{"sensor":"south","warmest":7.25}\n',
        "data-processing-clean": (
            "order,customer,country,amount,status\n"
            "1001,Ada Lovelace,GB,120.50,paid\n"
            "1002,Alan Turing,GB,80.00,paid\n"
            "1004,Edsger Dijkstra,NL,45.90,paid\n"
            "1003,Grace Hopper,US,310.25,open\n"
            "1005,Barbara Liskov,US,0.00,paid\n"
            "1007,Donald Knuth,US,256.00,paid\n"
            "1008,Radia Perlman,unknown,64.10,paid\n"
        ),
        "data-processing-inline": "name,born\nNiklaus,1934\nTony,1934\nBarbara,1939\n",
    }
    assert written(tmp_path, outcome) == expected[body.stem]
