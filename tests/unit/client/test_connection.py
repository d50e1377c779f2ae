"""Where the client finds the service, and its key."""

import json
from pathlib import Path

import pytest

from sluicegate.client import BadConfiguration, Connection, NotConfigured, find_connection

ENVIRONMENT = {"SLUICEGATE_URL": "https://sluicegate.example/", "SLUICEGATE_API_KEY": "sg_env_key"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    write(tmp_path, "http://127.0.0.1:8000")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    return deep


def write(folder: Path, origin: str) -> None:
    (folder / ".sluicegate").mkdir(exist_ok=True)
    keys = {name: f"sg_{name}_key" for name in ("submitter", "approver", "admin")}
    (folder / ".sluicegate" / "dev.json").write_text(json.dumps({"origin": origin, "apiKeys": keys}))


def test_the_nearest_dev_json_above_is_found(clone: Path) -> None:
    found = find_connection(None, start=clone, environ={})
    assert found == Connection("http://127.0.0.1:8000", "sg_submitter_key", local=True)


def test_the_environment_goes_before_dev_json(clone: Path) -> None:
    found = find_connection(None, start=clone, environ=ENVIRONMENT)
    assert found == Connection("https://sluicegate.example", "sg_env_key")


def test_a_named_identity_is_one_of_dev_json_whatever_the_environment_says(clone: Path) -> None:
    found = find_connection("approver", start=clone, environ=ENVIRONMENT)
    assert (found.origin, found.api_key) == ("http://127.0.0.1:8000", "sg_approver_key")


def test_a_key_in_the_environment_alone_goes_with_the_address_of_dev_json(clone: Path) -> None:
    found = find_connection(None, start=clone, environ={"SLUICEGATE_API_KEY": "sg_env_key"})
    assert (found.origin, found.api_key) == ("http://127.0.0.1:8000", "sg_env_key")


def test_nothing_to_go_by_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="make dev"):
        find_connection(None, start=tmp_path, environ={})


def test_an_address_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="SLUICEGATE_API_KEY"):
        find_connection(None, start=tmp_path, environ={"SLUICEGATE_URL": "http://127.0.0.1:1"})


def test_an_identity_that_dev_json_lacks_is_named_with_those_it_has(clone: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"'boss'.*admin, approver, submitter"):
        find_connection("boss", start=clone, environ={})


def test_a_dev_json_that_points_away_from_this_machine_gets_no_key(tmp_path: Path) -> None:
    write(tmp_path, "http://collector.example")
    with pytest.raises(BadConfiguration, match="not this machine"):
        find_connection(None, start=tmp_path, environ={"SLUICEGATE_API_KEY": "sg_env_key"})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"origin": 5, "apiKeys": {"submitter": "k"}}', '{"origin": "x"}'],
)
def test_a_broken_dev_json_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, "http://127.0.0.1:8000")
    (tmp_path / ".sluicegate" / "dev.json").write_text(text)
    with pytest.raises(BadConfiguration, match=r"dev\.json"):
        find_connection(None, start=tmp_path, environ={})


def test_a_key_never_shows_in_a_repr() -> None:
    assert "sg_env_key" not in repr(Connection("http://127.0.0.1:1", "sg_env_key"))
