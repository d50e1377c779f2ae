"""The public keys that decisions are verified with: a file, read again when it changes."""

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from sluicegate_schemas.signature import KeySet, read_key_set

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0


class DecisionKeys:
    """Trust comes from this file alone; it does not travel over Kafka."""

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Raises: OSError, ValueError, KeyError: the file can't be read as a key set."""
        self._path = path
        self._monotonic = monotonic
        self._stamp = _stamp(path)
        self._keys = read_key_set(path)
        self._looked_at = monotonic()

    def now(self) -> KeySet:
        """The keys, at most a second old. A file that can't be read leaves the keys that were there."""
        if self._monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = self._monotonic()
            self._look()
        return self._keys

    def _look(self) -> None:
        try:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._keys, self._stamp = read_key_set(self._path), stamp
                log.info("decision keys read again", keys=len(self._keys))
        except (OSError, ValueError, KeyError) as error:
            log.error("decision keys can't be read", error=type(error).__name__)


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
