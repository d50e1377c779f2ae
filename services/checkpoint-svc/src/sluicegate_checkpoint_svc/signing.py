"""Signs decisions with the key that only this service holds."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sluicegate_kit.private_key import read_private_key
from sluicegate_schemas import signature
from sluicegate_schemas.checkpoint_decided import SignedDecision


@dataclass(frozen=True, slots=True)
class DecisionKey:
    """An Ed25519 private key and its name (RFC 8032)."""

    key_id: str
    key: Ed25519PrivateKey

    @classmethod
    def read(cls, key_id: str, path: Path) -> "DecisionKey":
        """From a PEM file.

        Raises:
            NotAPrivateKey
        """
        return cls(key_id, read_private_key(path))

    def sign(self, decision: SignedDecision) -> tuple[str, str]:
        """The exact text and its signature."""
        return signature.sign(decision, self.key)
