"""What docker-compose.yml must be told is made once, and read by nobody else on the machine."""

from pathlib import Path

from sluicegate_dev.compose_secrets import PASSWORDS, PROMETHEUS_KEY, make_compose_secrets
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.roles import Role


def variables(file: Path) -> dict[str, str]:
    """What the env file says."""
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def test_everything_is_made_and_stays_as_it_is(tmp_path: Path) -> None:
    env_file, folder = tmp_path / ".env", tmp_path / "secrets"
    make_compose_secrets(env_file, folder)
    before = {path: path.read_bytes() for path in [env_file, *folder.iterdir()]}
    assert len({variables(env_file)[name] for name in PASSWORDS}) == len(PASSWORDS)
    assert all(variables(env_file)[name].isalnum() for name in PASSWORDS)
    make_compose_secrets(env_file, folder)
    assert {path: path.read_bytes() for path in [env_file, *folder.iterdir()]} == before


def test_a_variable_that_is_new_is_added_to_what_is_there(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("FRONT_DOOR=127.0.0.1:9000\nPOSTGRES_PASSWORD=kept\n")
    make_compose_secrets(env_file, tmp_path / "secrets")
    found = variables(env_file)
    assert found["FRONT_DOOR"] == "127.0.0.1:9000"
    assert found["POSTGRES_PASSWORD"] == "kept"
    assert set(PASSWORDS) < set(found)


def test_containers_read_the_files_and_other_people_do_not_reach_them(tmp_path: Path) -> None:
    env_file, folder = tmp_path / ".env", tmp_path / "secrets"
    keys = make_compose_secrets(env_file, folder)
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert keys.decision_key.stat().st_mode & 0o777 == 0o444
    assert (folder / "api-keys.json").stat().st_mode & 0o777 == 0o600


def test_prometheus_has_a_key_that_may_read_and_nothing_else(tmp_path: Path) -> None:
    keys = make_compose_secrets(tmp_path / ".env", tmp_path / "secrets")
    key = (keys.folder / PROMETHEUS_KEY).read_text()
    caller = Identities.from_file(keys.identities).recognise(f"Bearer {key}")
    assert (caller.name, caller.roles) == ("prometheus", frozenset({Role.VIEWER}))
