"""The secrets of one machine."""

import json
from pathlib import Path

from sluicegate_dev.keys import DECISION_KEY_ID, PEOPLE, SESSION_KEY_ID, make_keys
from sluicegate_kit.access.identities import Identities
from sluicegate_kit.access.roles import Role
from sluicegate_kit.access.session_tokens import SessionKey
from sluicegate_schemas.signature import read_key_set


def test_every_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    keys = make_keys(tmp_path / "keys")
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    files = list(keys.folder.iterdir())
    assert len(files) == 7
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


def test_ana_and_ben_are_people_without_a_key(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    identities = Identities.from_file(keys.identities)
    people = {name: identities.person(name) for name in PEOPLE}
    assert {name: person.roles for name, person in people.items() if person} == {
        "Ana": {Role.ADMIN, Role.APPROVER},
        "Ben": {Role.APPROVER},
    }
    assert not {"Ana", "Ben"} & keys.api_keys.keys()


def test_a_keys_file_from_before_there_were_people_gets_them_and_keeps_the_rest(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    known = json.loads(keys.identities.read_text())
    known["identities"] = [identity for identity in known["identities"] if identity["name"] not in PEOPLE]
    keys.identities.write_text(json.dumps(known))
    make_keys(tmp_path)
    after = json.loads(keys.identities.read_text())["identities"]
    assert after[:3] == known["identities"]
    assert [identity["name"] for identity in after[3:]] == list(PEOPLE)


def test_the_keys_file_holds_no_key(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    text = keys.identities.read_text()
    assert not [key for key in keys.api_keys.values() if key.split("_", 2)[2] in text]
    assert json.loads(text)["identities"]


def test_the_public_keys_can_be_read_and_are_not_the_same(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    decisions, sessions = read_key_set(keys.decision_key_set), read_key_set(keys.session_key_set)
    assert (list(decisions), list(sessions)) == ([DECISION_KEY_ID], [SESSION_KEY_ID])
    assert decisions[DECISION_KEY_ID] != sessions[SESSION_KEY_ID]
    assert SessionKey.read(SESSION_KEY_ID, keys.session_key).key.public_key() == sessions[SESSION_KEY_ID]
