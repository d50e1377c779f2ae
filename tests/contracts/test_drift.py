"""The committed schema files and examples are what the models give, and the released contract is kept."""

import shutil
from pathlib import Path

import pytest

from sluicegate_schemas.generate import FOLDER, REPOSITORY, check, freeze, generate, models


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("schemas/json", "schemas/examples", "schemas/baseline", "deploy/strimzi"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(FOLDER / "asyncapi.json", tmp_path / "schemas")
    return tmp_path


def test_the_committed_files_are_what_the_models_give() -> None:
    assert check() == []


def test_every_event_has_a_schema_file_and_a_baseline() -> None:
    names = sorted(f"{event}.v1.json" for event in models())
    assert sorted(path.name for path in (FOLDER / "json").iterdir()) == names
    assert sorted(path.name for path in (FOLDER / "baseline").iterdir()) == names


def test_a_schema_file_that_was_edited_is_found_and_written_again(copy: Path) -> None:
    path = copy / "schemas" / "json" / "job-control.v1.json"
    path.write_text(path.read_text().replace('"retry"', '"again"'))
    assert len(check(copy)) == 1
    assert generate(copy) == [path]
    assert check(copy) == []


@pytest.mark.parametrize("name", ["schemas/asyncapi.json", "deploy/strimzi/topics.yaml", "deploy/strimzi/users.yaml"])
def test_a_file_for_another_program_that_was_edited_is_found_and_written_again(copy: Path, name: str) -> None:
    path = copy / name
    path.write_text(path.read_text().replace("sluicegate.job-requested.v1", "sluicegate.job-wished.v1"))
    assert [finding.split(" ")[0] for finding in check(copy)] == [name]
    assert generate(copy) == [path]
    assert check(copy) == []


def test_an_example_in_another_form_is_found(copy: Path) -> None:
    path = copy / "schemas" / "examples" / "fleet-control" / "start.json"
    path.write_text(path.read_text().replace("12:00:05.250000Z", "13:00:05.25+01:00"))
    assert len(check(copy)) == 1


def test_a_break_of_the_released_contract_is_found_and_can_not_be_frozen(copy: Path) -> None:
    path = copy / "schemas" / "baseline" / "job-control.v1.json"
    path.write_text(path.read_text().replace('"retry"', '"again"'))
    assert any("new version" in finding for finding in check(copy))
    assert freeze(copy) != []


def test_an_event_that_was_released_can_not_go(copy: Path) -> None:
    (copy / "schemas" / "baseline" / "job-paused.v1.json").write_text("{}")
    assert check(copy) == ["job-paused.v1 was released and is gone"]
