"""The secrets of one machine."""

import json
from pathlib import Path

from sluicegate_dev.keys import DECISION_KEY_ID, make_keys
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.roles import Role
from sluicegate_schemas.signature import read_key_set


def test_every_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    keys = make_keys(tmp_path / "keys")
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    files = list(keys.folder.iterdir())
    assert len(files) == 5
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_making_keys_again_keeps_those_that_are_there(tmp_path: Path) -> None:
    folder = make_keys(tmp_path).folder
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    make_keys(tmp_path)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_each_identity_is_recognised_by_its_key_with_its_roles(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    identities = Identities.from_file(keys.identities)
    callers = {name: identities.recognise(f"Bearer {key}") for name, key in keys.api_keys.items()}
    assert {name: caller.name for name, caller in callers.items()} == {name: name for name in callers}
    assert all(caller.person for caller in callers.values())
    assert callers["submitter"].roles == {Role.VIEWER, Role.SUBMITTER}
    assert callers["approver"].roles == {Role.VIEWER, Role.APPROVER}
    assert callers["admin"].roles == {Role.ADMIN}


def test_the_keys_file_holds_no_key(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    text = keys.identities.read_text()
    assert not [key for key in keys.api_keys.values() if key.split("_", 2)[2] in text]
    assert json.loads(text)["identities"]


def test_the_worker_can_read_the_public_decision_key(tmp_path: Path) -> None:
    assert list(read_key_set(make_keys(tmp_path).decision_key_set)) == [DECISION_KEY_ID]
