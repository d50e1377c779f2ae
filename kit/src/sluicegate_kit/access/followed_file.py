"""What a file holds, read again when it changes: secrets and keys are exchanged without a restart."""

from collections.abc import Callable, Sized
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from sluicegate_kit.clock import Clock, SystemClock

T = TypeVar("T", bound=Sized)

LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class FollowedFile(Generic[T]):
    """A file of keys. It is looked at when somebody asks, at most once a second."""

    def __init__(self, path: Path, read: Callable[[Path], T], *, what: str, clock: Clock | None = None) -> None:
        """`what` names it in the log.

        Raises what `read` does: OSError, or ValueError if it holds something else, with a text that may be logged.
        """
        self._path = path
        self._read = read
        self._what = what
        self._clock = clock or SystemClock()
        self._stamp = _stamp(path)
        self._held = read(path)
        self._looked_at = self._clock.monotonic()

    def now(self) -> T:
        """What it holds, at most a second old. A file that can't be read leaves what was there."""
        if self._clock.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = self._clock.monotonic()
            self._look()
        return self._held

    def _look(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._held = self._read(self._path)
        except (OSError, ValueError) as error:
            log.error(f"{self._what} can't be read", file=self._path.name, reason=str(error))
        else:
            log.info(f"{self._what} read again", file=self._path.name, keys=len(self._held))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
