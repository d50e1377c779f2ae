"""Signs decisions with the key that only this service holds."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sluicegate_kit.settings import SettingsError
from sluicegate_schemas import signature
from sluicegate_schemas.checkpoint_decided import SignedDecision


class NotADecisionKey(SettingsError):
    """The decision key file can't be read, or holds no unencrypted Ed25519 private key in PEM."""


@dataclass(frozen=True, slots=True)
class DecisionKey:
    """An Ed25519 private key and its name (RFC 8032)."""

    key_id: str
    key: Ed25519PrivateKey

    @classmethod
    def read(cls, key_id: str, path: Path) -> "DecisionKey":
        """From a PEM file (PKCS #8, RFC 5958).

        Raises:
            NotADecisionKey
        """
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise NotADecisionKey(f"{path}: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NotADecisionKey(f"{path}: it holds a key of another kind")
        return cls(key_id, key)

    def sign(self, decision: SignedDecision) -> tuple[str, str]:
        """The exact text and its signature."""
        return signature.sign(decision, self.key)
