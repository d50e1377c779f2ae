"""Turns text from a job's input into a path below a folder, or refuses it with words that its sender can act on."""

from typing import TypeAlias

from sluicegate_handlers.errors import UnsafePath

Parts: TypeAlias = tuple[str, ...]
"""The names on the way down, each a plain file name."""

NAME_BYTES = 255
"""What Linux file systems allow (NAME_MAX)."""
PATH_BYTES = 1024


def parse(text: str) -> Parts:
    """The parts of a relative path with forward slashes.

    Raises:
        UnsafePath
    """
    if "\0" in text:
        raise UnsafePath(f"{_shown(text)} holds a NUL character")
    if "\\" in text:
        raise UnsafePath(f"{_shown(text)} holds a backslash; use forward slashes")
    if text.startswith("/"):
        raise UnsafePath(f"{_shown(text)} is absolute; give a path below the workspace")
    if not text.isprintable():
        raise UnsafePath(f"{_shown(text)} holds a character that can't be seen")
    parts = tuple(text.split("/"))
    if ".." in parts:
        raise UnsafePath(f"{_shown(text)} holds '..'")
    if "" in parts or "." in parts:
        raise UnsafePath(f"{_shown(text)} holds an empty part or '.'; write each folder's name once")
    if len(text.encode()) > PATH_BYTES or any(len(part.encode()) > NAME_BYTES for part in parts):
        raise UnsafePath(f"{_shown(text)} is too long: {NAME_BYTES} bytes a name, {PATH_BYTES} in all")
    return parts


def join(parts: Parts) -> str:
    """The path as people write it."""
    return "/".join(parts)


def job_folder(job_id: str) -> Parts:
    """A job's own folder in the workspace: `jobs/<job id>`."""
    # Upstream systems choose job ids, and "." and ".." are among those that the contract allows.
    return ("jobs", f"_{job_id}" if job_id.startswith((".", "_")) else job_id)


def refuse_overlaps(paths: list[Parts]) -> None:
    """Whether all paths can be files at the same time.

    Raises:
        UnsafePath: one appears twice, or lies below another.
    """
    files = set(paths)
    if len(files) < len(paths):
        twice = next(path for path in paths if paths.count(path) > 1)
        raise UnsafePath(f"{join(twice)!r} appears twice")
    for path in paths:
        for length in range(1, len(path)):
            if path[:length] in files:
                raise UnsafePath(f"{join(path)!r} lies below {join(path[:length])!r}, which is a file")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
