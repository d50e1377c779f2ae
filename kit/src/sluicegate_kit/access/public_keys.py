"""The public keys that signatures are verified with."""

from pathlib import Path

from sluicegate_kit.access.followed_file import FollowedFile
from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.clock import Clock
from sluicegate_schemas.signature import KeySet, read_key_set


class KeySetInvalid(AccessError):
    """A file of public keys can't be read; the message says which."""


class PublicKeys(FollowedFile[KeySet]):
    """Trust comes from this file alone; it does not travel with what is verified."""

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        """Raises: KeySetInvalid."""
        try:
            super().__init__(path, read_key_set, what="public keys", clock=clock)
        except (OSError, ValueError) as error:
            raise KeySetInvalid(f"{path} is no file of public keys: {type(error).__name__}") from None
