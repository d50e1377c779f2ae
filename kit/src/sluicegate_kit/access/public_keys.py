"""The public keys that signatures are verified with: a file, read again when it changes."""

from pathlib import Path

import structlog

from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.clock import Clock, SystemClock
from sluicegate_schemas.signature import KeySet, read_key_set

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0


class KeySetInvalid(AccessError):
    """A file of public keys can't be read; the message says which."""


class PublicKeys:
    """Trust comes from this file alone; it does not travel with what is verified."""

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        """Raises: KeySetInvalid."""
        self._path = path
        self._clock = clock or SystemClock()
        try:
            self._stamp = _stamp(path)
            self._keys = read_key_set(path)
        except (OSError, ValueError) as error:
            raise KeySetInvalid(f"{path} is no file of public keys: {type(error).__name__}") from None
        self._looked_at = self._clock.monotonic()

    def now(self) -> KeySet:
        """The keys, at most a second old. A file that can't be read leaves the keys that were there."""
        if self._clock.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = self._clock.monotonic()
            self._look()
        return self._keys

    def _look(self) -> None:
        try:
            stamp = _stamp(self._path)
            if stamp != self._stamp:
                self._keys, self._stamp = read_key_set(self._path), stamp
                log.info("public keys read again", file=self._path.name, keys=len(self._keys))
        except (OSError, ValueError) as error:
            log.error("public keys can't be read", file=self._path.name, error=type(error).__name__)


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
