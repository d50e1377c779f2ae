"""The front door of a deployment goes by the same routes as that of `make dev`."""

import re
from pathlib import Path

import pytest

from sluicegate_dev.nginx import render, rendered

CLONE = Path(__file__).parents[3]


def test_what_is_committed_is_what_the_routes_say() -> None:
    assert rendered(CLONE).read_text() == render(CLONE)


def test_a_prefix_covers_itself_and_what_is_below_it_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "routes.toml").write_text('[[route]]\nprefix = "/api/x"\nservice = "one"\n')
    (pattern,) = re.findall(r'"~(.*)" one;', render(tmp_path))
    covered = {
        path: re.search(pattern, path) is not None for path in ("/api/x", "/api/x/y", "/api/xy", "/v2/api/x", "/api")
    }
    assert covered == {"/api/x": True, "/api/x/y": True, "/api/xy": False, "/v2/api/x": False, "/api": False}


def test_a_change_of_the_routes_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sluicegate_dev import command_line as command

    (tmp_path / "deploy" / "nginx").mkdir(parents=True)
    routes = tmp_path / "deploy" / "routes.toml"
    routes.write_text('[[route]]\nprefix = "/api"\nservice = "one"\n')

    def nginx(*more: str) -> int:
        monkeypatch.setattr("sys.argv", ["sluicegate_dev", "--clone", str(tmp_path), "nginx", *more])
        return command.main()

    assert nginx() == 0
    assert nginx("--check") == 0
    routes.write_text('[[route]]\nprefix = "/api"\nservice = "two"\n')
    assert nginx("--check") == 1
