"""Reads a file of the workspace, and replaces one whole: never half written, never over what nobody reviewed."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sluicegate_handlers.errors import TargetChanged, UnsafePath
from sluicegate_handlers.folders import open_folder, read_below
from sluicegate_handlers.safe_path import Parts, join

_NEW_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds."""

    data: bytes

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest."""
        return digest(self.data)


def digest(data: bytes) -> str:
    """`sha256:` and the hex digest of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_file(root: Path, path: Parts, *, limit: int) -> Content | None:
    """The file at `path` below `root`; None if there is none.

    Raises:
        UnsafePath: a link on the way, no regular file, or more than `limit` bytes.
    """
    try:
        with open_folder(root, path[:-1]) as folder:
            found = read_below(folder, path[-1], path, limit=limit)
    except FileNotFoundError:
        return None
    return None if found is None else Content(found[0])


def check_target(root: Path, path: Parts, data: bytes, reviewed_digest: str | None, *, limit: int) -> None:
    """Whether the file may be replaced by `data`: it is what was reviewed (None: absent), or holds `data` already.

    Raises:
        TargetChanged, UnsafePath
    """
    try:
        with open_folder(root, path[:-1]) as folder:
            present = _present(folder, path, limit)
    except FileNotFoundError:
        present = None
    _check(present and present[0], path, data, reviewed_digest)


def replace_file(root: Path, path: Parts, data: bytes, reviewed_digest: str | None, *, limit: int) -> None:
    """Make the file at `path` hold `data`: temporary name, fsync, rename. Doing it again changes nothing.

    Raises:
        TargetChanged: it is neither what was reviewed nor `data`.
        UnsafePath
    """
    with open_folder(root, path[:-1], create=True) as folder:
        present = _present(folder, path, limit)
        _check(present and present[0], path, data, reviewed_digest)
        if present is not None and present[0] == data:
            return
        temporary = _write_temporary(folder, path, data, _NEW_FILE_MODE if present is None else present[1])
        try:
            os.rename(temporary, path[-1], src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            _remove(folder, temporary)
            raise
        os.fsync(folder)


def _present(folder: int, path: Parts, limit: int) -> tuple[bytes, int] | None:
    try:
        return read_below(folder, path[-1], path, limit=limit)
    except UnsafePath as error:
        # Nobody could have reviewed a link, a folder or a file over the limit: one has come since.
        raise TargetChanged(join(path)) from error


def _check(present: bytes | None, path: Parts, data: bytes, reviewed_digest: str | None) -> None:
    if present == data:
        return
    if (None if present is None else digest(present)) != reviewed_digest:
        raise TargetChanged(join(path))


def _write_temporary(folder: int, path: Parts, data: bytes, mode: int) -> str:
    prefix = f".sluicegate-{hashlib.sha256(join(path).encode()).hexdigest()[:16]}-"
    for name in os.listdir(folder):  # what a kill left of an earlier try
        if name.startswith(prefix):
            _remove(folder, name)
    temporary = prefix + secrets.token_hex(8)
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(file, mode)
            os.fsync(file)
    except BaseException:
        _remove(folder, temporary)
        raise
    return temporary


def _remove(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):  # an attempt that lost its lease may be cleaning up too
        os.unlink(name, dir_fd=folder)
