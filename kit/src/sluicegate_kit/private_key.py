"""Reads the private keys that services sign with."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sluicegate_kit.settings import SettingsError


class NotAPrivateKey(SettingsError):
    """The file can't be read, or holds no unencrypted Ed25519 private key in PEM."""


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """From a PEM file (PKCS #8, RFC 5958).

    Raises:
        NotAPrivateKey
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise NotAPrivateKey(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NotAPrivateKey(f"{path}: it holds a key of another kind")
    return key
