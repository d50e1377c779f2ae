"""A key opens only while it is known, whole and in time; the file behind it may change at any moment."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from sluicegate_kit.access.identities import Identities, KeyRefused, KeysFileInvalid
from sluicegate_kit.access.roles import Role
from sluicegate_kit.clock import ManualClock
from tests.support.callers import bearer, identity, secret_of

NOW = datetime(2026, 1, 31, tzinfo=UTC)
SECRET = secret_of("ana")


def header(name: str) -> str:
    return bearer(name)["authorization"]


def write(path: Path, *names: str, **changes: Any) -> None:
    identities = [identity(name, Role.ADMIN).model_dump(mode="json", by_alias=True) | changes for name in names]
    path.write_text(json.dumps({"identities": identities}))


def test_a_good_key_tells_who_calls() -> None:
    found = Identities([identity("ana", Role.APPROVER)]).recognise(header("ana"))
    assert (found.name, found.person, found.roles) == ("ana", True, frozenset({Role.APPROVER}))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "no key"),
        ("", "malformed"),
        ("Bearer", "malformed"),
        (SECRET, "malformed"),
        (f"Basic sg_ana_{SECRET}", "malformed"),
        (f"Bearer sg_ana_{SECRET} ", "malformed"),
        (f"Bearer sg_ana_{SECRET}\n", "malformed"),
        ("Bearer sg_ana_short", "malformed"),
        (f"Bearer sg_ana_{SECRET}é", "malformed"),
        ("Bearer sg_ana_" + "x" * 300, "malformed"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", "malformed"),
        (f"Bearer sg_ana_{SECRET[:-1]}x", "unknown"),
        (f"Bearer sg_ben_{SECRET}", "unknown"),
        (f"Bearer sg_Ana_{SECRET}", "unknown"),
    ],
)
def test_anything_else_is_refused_and_says_why(given: str | None, reason: str) -> None:
    with pytest.raises(KeyRefused, match=reason):
        Identities([identity("ana", Role.ADMIN)]).recognise(given)


def test_a_key_is_refused_from_its_expiry_on() -> None:
    clock = ManualClock(NOW)
    identities = Identities([identity("ana", expires_at=NOW + timedelta(seconds=5))], clock=clock)
    clock.advance(4.9)
    assert identities.recognise(header("ana"))
    clock.advance(0.1)
    with pytest.raises(KeyRefused, match="expired"):
        identities.recognise(header("ana"))


def test_a_key_can_be_shown_by_itself_to_sign_in() -> None:
    identities = Identities([identity("ana", Role.APPROVER)])
    caller, key_id = identities.holder(f"sg_ana_{SECRET}")
    assert (caller.name, key_id) == ("ana", "ana")
    for wrong in ("", SECRET, f"sg_ana_{SECRET[:-1]}x", f"Bearer sg_ana_{SECRET}"):
        with pytest.raises(KeyRefused):
            identities.holder(wrong)


def test_whether_somebody_still_has_a_key_can_be_asked_for() -> None:
    clock = ManualClock(NOW)
    identities = Identities([identity("ana", expires_at=NOW + timedelta(seconds=5)), identity("ben")], clock=clock)
    assert identities.holds("ana", "ana")
    assert not identities.holds("ben", "ana")
    assert not identities.holds("ana", "carla")
    clock.advance(5)
    assert not identities.holds("ana", "ana")


def test_people_are_known_by_name_also_without_a_key(tmp_path: Path) -> None:
    clock, file = ManualClock(NOW), tmp_path / "keys.json"
    write(file, "ana", keys=[])
    identities = Identities.from_file(file, clock=clock)
    ana = identities.person("ana")
    assert ana is not None
    assert (ana.person, ana.roles) == (True, frozenset({Role.ADMIN}))
    write(file, "ana", person=False)
    clock.advance(1)
    assert identities.person("ana") is None, "it is a machine now"
    assert identities.person("ben") is None


def test_a_changed_file_is_followed(tmp_path: Path) -> None:
    clock, file = ManualClock(NOW), tmp_path / "keys.json"
    write(file, "ana")
    identities = Identities.from_file(file, clock=clock)
    write(file, "ben", "carla")
    assert identities.recognise(header("ana")), "looked at once a second at most"
    clock.advance(1)
    assert identities.recognise(header("ben"))
    with pytest.raises(KeyRefused):
        identities.recognise(header("ana"))


def test_a_file_that_breaks_or_vanishes_locks_nobody_out(tmp_path: Path) -> None:
    clock, file = ManualClock(NOW), tmp_path / "keys.json"
    write(file, "ana")
    identities = Identities.from_file(file, clock=clock)
    with structlog.testing.capture_logs() as logs:
        half, wrong = "{", '{"identities": "secret-marker"}'
        for spoil in (lambda: file.write_text(half), lambda: file.write_text(wrong), file.unlink):
            spoil()
            for _ in range(2):
                clock.advance(1)
                assert identities.recognise(header("ana"))
    assert len(logs) == 3, "each is said once"
    for said, reason in zip(logs, ("Invalid JSON", "wrong at /identities", "No such file"), strict=True):
        assert reason in said["reason"]
    assert "secret-marker" not in str(logs)
    write(file, "ben")
    clock.advance(1)
    assert identities.recognise(header("ben"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"identities": []}',
        '{"identities": [{"name": "ana", "person": true, "roles": ["king"]}]}',
        '{"identities": [{"name": "ana", "person": true, "roles": [], "password": "secret-marker"}]}',
        '{"identities": [{"name": "a", "person": true, "roles": [], "keys": [{"id": "a", "sha256": "no"}]}]}',
    ],
)
def test_a_file_that_is_wrong_at_start_is_named_without_its_content(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    with pytest.raises(KeysFileInvalid, match=r"keys\.json") as caught:
        Identities.from_file(file)
    assert "secret-marker" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysFileInvalid, match="No such file"):
        Identities.from_file(tmp_path / "keys.json")


@pytest.mark.parametrize("names", [("ana", "ana")])
def test_nobody_stands_there_twice(names: tuple[str, ...]) -> None:
    with pytest.raises(KeysFileInvalid, match="twice"):
        Identities([identity(name) for name in names])
