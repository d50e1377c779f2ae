"""The exit codes are a contract: the page, the help and the commands agree."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sluicegate.cli.exit_codes import Exit, of_error, table
from sluicegate.cli.main import app
from sluicegate.client import errors
from tests.support.http_api import api, problem
from tests.unit.cli.command_line import against

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(404, "not-found"), 3),
        (problem(401, "unauthenticated"), 4),
        (problem(403, "self-approval"), 4),
        (problem(409, "already-decided"), 5),
        (problem(412, "precondition-failed"), 5),
        (problem(428, "precondition-required"), 5),
        (problem(400, "bad-cursor"), 6),
        (problem(413, "too-large"), 6),
        (problem(422, "invalid-body"), 6),
        (problem(503, "unavailable"), 7),
        (httpx.ConnectError("refused"), 7),
        (problem(500, "defect"), 1),
        (httpx.Response(200, text="<html>"), 1),
    ],
)
def test_each_failure_has_its_code_and_says_what_to_do(answer: httpx.Response | Exception, code: int) -> None:
    done = against(api(answer)).run("jobs", "show", "job-1")
    assert done.exit_code == code
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""


def test_wrong_fields_and_the_request_are_named() -> None:
    answer = problem(422, "invalid-body", errors=[{"pointer": "/priority", "detail": "at most 10"}], requestId="r-1")
    done = against(api(answer)).run("jobs", "submit", "simple-task")
    assert "  /priority: at most 10\n  request r-1\n" in done.stderr


def test_a_folder_without_a_running_dev_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLUICEGATE_URL", raising=False)
    done = CliRunner().invoke(app, ["jobs", "list"])
    assert done.exit_code == 2
    assert "make dev" in done.stderr


def test_every_kind_of_client_error_has_a_code() -> None:
    undecided = {errors.ClientError, errors.Problem, errors.ServerDefect, errors.UnexpectedAnswer}
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ClientError)}
    for kind in kinds - undecided:
        assert of_error(kind.__new__(kind)) is not Exit.DEFECT, kind


def test_the_page_shows_every_code_with_its_meaning() -> None:
    text = PAGE.read_text()
    for code, meaning in table():
        assert f"| {code} | {meaning} |" in text


def test_the_help_shows_every_code() -> None:
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    for code, meaning in table():
        assert f"{code}: {meaning}" in shown
