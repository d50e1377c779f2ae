"""The keys of `sg_mac`, which api and worker share: one a line. The first one seals, each one is believed."""

from pathlib import Path

from sluicegate_kit.access.followed_file import FollowedFile
from sluicegate_kit.clock import Clock
from sluicegate_kit.settings import SettingsError
from sluicegate_schemas.mac import Keys

KEY_BYTES = 16
"""The least that one has."""


class MacKeysInvalid(SettingsError):
    """A file of such keys can't be read; the message says why, never what it holds."""


class MacKeys(FollowedFile[Keys]):
    """Two keys in the file are an overlap: what either of them has sealed is the api's own."""

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        """Raises: MacKeysInvalid."""
        try:
            super().__init__(path, _read, what="mac keys", clock=clock)
        except OSError as error:
            raise MacKeysInvalid(f"SLUICEGATE_MAC_KEY_FILE: {path}: {error.strerror}") from None
        except ValueError as error:
            raise MacKeysInvalid(f"SLUICEGATE_MAC_KEY_FILE: {path}: {error}") from None


def _read(path: Path) -> Keys:
    keys = tuple(line.strip() for line in path.read_bytes().splitlines() if line.strip())
    if not keys or min(map(len, keys)) < KEY_BYTES:
        raise ValueError(f"there is one key a line, at least one, each of {KEY_BYTES} bytes or more")
    return keys
