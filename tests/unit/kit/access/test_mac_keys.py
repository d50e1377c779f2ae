"""The keys that api and worker share, exchanged while both run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from sluicegate_kit.access.mac_keys import MacKeys, MacKeysInvalid
from sluicegate_kit.clock import ManualClock

OLD, NEW = b"o" * 32, b"n" * 32
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_second_key_is_known_a_second_later_without_a_restart(tmp_path: Path) -> None:
    file, clock = tmp_path / "mac.key", ManualClock(NOON)
    file.write_bytes(OLD)
    keys = MacKeys(file, clock=clock)
    assert keys.now() == (OLD,)
    file.write_bytes(NEW + b"\n" + OLD + b"\n\n")
    assert keys.now() == (OLD,)
    clock.advance(seconds=1)
    assert keys.now() == (NEW, OLD)


@pytest.mark.parametrize("held", [b"", b"\n", b"short\n", OLD + b"\nshort\n"])
def test_a_file_that_holds_something_else_is_refused_at_the_start_and_left_alone_later(
    held: bytes, tmp_path: Path
) -> None:
    file, clock = tmp_path / "mac.key", ManualClock(NOON)
    file.write_bytes(held)
    with pytest.raises(MacKeysInvalid, match=r"^SLUICEGATE_MAC_KEY_FILE: .*one key a line") as refused:
        MacKeys(file)
    assert "short" not in str(refused.value)
    file.write_bytes(OLD)
    keys = MacKeys(file, clock=clock)
    file.write_bytes(held)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            clock.advance(seconds=1)
            assert keys.now() == (OLD,)
    assert [one["event"] for one in logs] == ["mac keys can't be read"], "said once"
    file.write_bytes(NEW)
    clock.advance(seconds=1)
    assert keys.now() == (NEW,)


def test_a_file_that_vanishes_leaves_its_keys_and_is_followed_when_it_is_back(tmp_path: Path) -> None:
    file, clock = tmp_path / "mac.key", ManualClock(NOON)
    file.write_bytes(OLD)
    keys = MacKeys(file, clock=clock)
    file.unlink()
    clock.advance(seconds=1)
    assert keys.now() == (OLD,)
    file.write_bytes(NEW)
    clock.advance(seconds=1)
    assert keys.now() == (NEW,)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MacKeysInvalid, match=r"mac\.key: No such file"):
        MacKeys(tmp_path / "mac.key")
