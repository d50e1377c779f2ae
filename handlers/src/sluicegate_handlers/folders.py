"""Opens folders and files step by step from a trusted root, so that no link on the way can lead out of it.

Each name is opened relative to its parent's descriptor with O_NOFOLLOW (openat(2)): what was checked is what is used.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sluicegate_handlers.errors import UnsafePath
from sluicegate_handlers.safe_path import Parts, join

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that nobody writes to must not wait.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def open_folder(root: Path, parts: Parts, *, create: bool = False) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`; `create` makes what is missing.

    Raises:
        FileNotFoundError: it isn't there.
        UnsafePath: a link, or something that is no folder, stands in the way.
    """
    if create:
        root.mkdir(parents=True, exist_ok=True)
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for depth, name in enumerate(parts, start=1):
            inner = _open_below(folder, name, parts[:depth], create=create)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def read_below(folder: int, name: str, shown: Parts, *, limit: int) -> tuple[bytes, int] | None:
    """Content and permission bits of the file `name` in `folder`; None if there is none.

    Raises:
        UnsafePath: it is a link, no regular file, or holds more than `limit` bytes.
    """
    try:
        file = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refusal(error, shown) from error
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise UnsafePath(f"{join(shown)!r} is not a regular file")
        with os.fdopen(file, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    finally:
        os.close(file)
    if len(data) > limit:
        raise UnsafePath(f"{join(shown)!r} holds more than {limit:,} bytes")
    return data, stat.S_IMODE(found.st_mode) & 0o777


def _open_below(folder: int, name: str, shown: Parts, *, create: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
    except OSError as error:
        raise _refusal(error, shown) from error
    try:
        os.mkdir(name, dir_fd=folder)
        os.fsync(folder)
    except FileExistsError:
        pass  # somebody else made it meanwhile; whether it is a folder shows below
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except OSError as error:
        raise _refusal(error, shown) from error


def _refusal(error: OSError, shown: Parts) -> Exception:
    match error.errno:
        case errno.ELOOP:
            return UnsafePath(f"{join(shown)!r} is a link; links are not followed")
        case errno.ENOTDIR:
            return UnsafePath(f"{join(shown)!r} is a link or a file where a folder is needed")
        case errno.ENXIO:
            return UnsafePath(f"{join(shown)!r} is not a regular file")
        case errno.ENAMETOOLONG:
            return UnsafePath(f"{join(shown)!r} is too long for this file system")
        case _:
            return error
