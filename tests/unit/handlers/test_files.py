"""Files of the workspace: read without following links, replaced whole."""

import ctypes
import os
import stat
import threading
from collections import Counter
from pathlib import Path

import pytest

from sluicegate_handlers.errors import TargetChanged, UnsafePath
from sluicegate_handlers.files import check_target, digest, read_file, replace_file
from sluicegate_handlers.folders import open_folder
from sluicegate_handlers.safe_path import parse

LIMIT = 1000
PATH = parse("site/lib/auth.ts")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that no job may touch, with a secret in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "auth.ts").write_text("secret")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace."""
    folder = tmp_path / "workspace"
    (folder / "site" / "lib").mkdir(parents=True)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(root: Path, data: bytes = b"new", reviewed: str | None = None) -> None:
    replace_file(root, PATH, data, reviewed, limit=LIMIT)


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    root = tmp_path / "not" / "there" / "yet"
    put(root)
    file = root / "site" / "lib" / "auth.ts"
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert names(file.parent) == ["auth.ts"]


def test_a_reviewed_file_is_replaced_and_keeps_its_mode(root: Path) -> None:
    file = root / "site/lib/auth.ts"
    file.write_text("old")
    file.chmod(0o750)
    put(root, reviewed=digest(b"old"))
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o750)


def test_a_file_that_holds_the_approved_bytes_already_is_left_alone(root: Path) -> None:
    put(root)
    before = (root / "site/lib/auth.ts").stat()
    put(root)
    put(root, reviewed=digest(b"whatever"))
    assert (root / "site/lib/auth.ts").stat().st_ino == before.st_ino


@pytest.mark.parametrize("reviewed", [None, digest(b"old")])
def test_a_file_that_is_neither_reviewed_nor_approved_is_left_alone(root: Path, reviewed: str | None) -> None:
    file = root / "site/lib/auth.ts"
    file.write_text("somebody else's")
    with pytest.raises(TargetChanged):
        put(root, reviewed=reviewed)
    with pytest.raises(TargetChanged):
        check_target(root, PATH, b"new", reviewed, limit=LIMIT)
    assert file.read_text() == "somebody else's"
    assert names(file.parent) == ["auth.ts"]


def test_a_file_that_was_reviewed_and_is_gone_has_changed(root: Path) -> None:
    with pytest.raises(TargetChanged):
        put(root, reviewed=digest(b"old"))


@pytest.mark.parametrize("what", ["link", "dangling link", "folder", "pipe", "too large"])
def test_whatever_took_the_place_of_a_file_is_not_written_over(root: Path, outside: Path, what: str) -> None:
    place = root / "site/lib/auth.ts"
    match what:
        case "link":
            place.symlink_to(outside / "auth.ts")
        case "dangling link":
            place.symlink_to(outside / "nothing")
        case "folder":
            place.mkdir()
        case "pipe":
            os.mkfifo(place)
        case _:
            place.write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(UnsafePath):
        read_file(root, PATH, limit=LIMIT)
    with pytest.raises(TargetChanged):
        put(root)
    assert (outside / "auth.ts").read_text() == "secret"
    assert names(outside) == ["auth.ts"]


@pytest.mark.parametrize("part", ["site", "site/lib"])
def test_a_link_on_the_way_is_not_followed(root: Path, outside: Path, part: str) -> None:
    (root / "site" / "lib").rmdir()
    if part == "site":
        (root / "site").rmdir()
    (outside / "lib").mkdir()
    (outside / "lib" / "auth.ts").write_text("secret")
    (root / part).symlink_to(outside)
    with pytest.raises(UnsafePath, match="link"):
        read_file(root, PATH, limit=LIMIT)
    with pytest.raises(UnsafePath, match="link"):
        put(root)
    assert (outside / "lib" / "auth.ts").read_text() == "secret"


def test_a_link_inside_the_workspace_is_not_followed_either(root: Path) -> None:
    (root / "other").mkdir()
    (root / "site" / "lib").rmdir()
    (root / "site" / "lib").symlink_to("../other")
    with pytest.raises(UnsafePath):
        put(root)


def test_a_file_where_a_folder_is_needed_is_named(root: Path) -> None:
    (root / "site" / "lib").rmdir()
    (root / "site" / "lib").write_text("a file")
    with pytest.raises(UnsafePath, match="site/lib"):
        put(root)


def test_the_workspace_itself_may_be_reached_by_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(root)
    put(tmp_path / "shortcut")
    assert (root / "site/lib/auth.ts").read_text() == "new"


def test_what_a_kill_left_behind_is_removed_by_the_next_try(root: Path) -> None:
    put(root)
    folder = root / "site/lib"
    (folder / "auth.ts").unlink()
    with pytest.raises(OSError, match="disk"):
        _put_on_a_full_disk(root)
    assert names(folder) == []


def _put_on_a_full_disk(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def full(*_: object, **__: object) -> None:
            raise OSError("no space left on disk")

        patch.setattr(os, "rename", full)
        put(root)


def test_a_temporary_file_of_a_killed_try_goes_with_the_next_one(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", lambda *_, **__: None)  # as if the process were gone
        with pytest.raises(OSError, match="disk"):
            _put_on_a_full_disk(root)
    assert len(names(root / "site/lib")) == 1
    put(root)
    assert names(root / "site/lib") == ["auth.ts"]


def test_a_folder_swapped_for_a_link_at_any_moment_never_leads_outside(root: Path, outside: Path) -> None:
    (outside / "lib").mkdir()
    (outside / "lib" / "auth.ts").write_text("secret")
    (root / "trap").symlink_to(outside)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            exchange(root / "site", root / "trap")

    swapper = threading.Thread(target=swap)
    swapper.start()
    outcomes: Counter[str] = Counter()
    try:
        # Until both have been seen: it went well, and it went through the trap.
        for number in range(20_000):
            try:
                present = read_file(root, PATH, limit=LIMIT)
                assert present is None or present.data != b"secret"
                put(root, str(number).encode(), None if present is None else present.digest)
                outcomes["written"] += 1
            except UnsafePath:
                outcomes["refused"] += 1
            if min(outcomes["written"], outcomes["refused"]) > 50:
                break
    finally:
        stop.set()
        swapper.join()
    assert set(outcomes) == {"written", "refused"}
    assert (outside / "lib" / "auth.ts").read_text() == "secret"
    assert names(outside / "lib") == ["auth.ts"]


def exchange(one: Path, other: Path) -> None:
    """Swap two names in one step: renameat2(2) with RENAME_EXCHANGE."""
    here = -100  # AT_FDCWD
    if ctypes.CDLL(None).renameat2(here, bytes(one), here, bytes(other), 2) != 0:
        raise OSError("renameat2 failed")


def test_no_descriptor_is_left_open(root: Path, outside: Path) -> None:
    before = len(names(Path("/proc/self/fd")))
    put(root)
    (root / "linked").symlink_to(outside)
    for path in ("site/lib/auth.ts", "linked/auth.ts", "site/nothing/here", "site/lib"):
        try:
            read_file(root, parse(path), limit=LIMIT)
        except UnsafePath:
            continue
    with open_folder(root, ("site",)):
        pass
    assert len(names(Path("/proc/self/fd"))) == before
