"""Makes the secrets that one machine needs: decision key, `sg_mac` key, and API keys of three identities."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sluicegate_dev.folder import write_private
from sluicegate_schemas.signature import key_set_entry

DECISION_KEY_ID = "dev-1"
ROLES = {
    "submitter": ("viewer", "submitter"),
    "approver": ("viewer", "approver"),
    "admin": ("admin",),
}
"""The identities, each a person, and what they may do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The files, each readable by its owner alone, and the API keys as callers send them."""

    folder: Path

    @property
    def decision_key(self) -> Path:
        """checkpoint-svc's private key (PEM); nobody else reads it."""
        return self.folder / "decision-key.pem"

    @property
    def decision_key_set(self) -> Path:
        """The public keys that the worker trusts."""
        return self.folder / "decision-keys.json"

    @property
    def mac_key(self) -> Path:
        """What api and worker share."""
        return self.folder / "mac.key"

    @property
    def identities(self) -> Path:
        """The keys file of api and checkpoint-svc: hashes only."""
        return self.folder / "identities.json"

    @property
    def api_keys(self) -> dict[str, str]:
        """By identity, ready for `Authorization: Bearer`."""
        found: dict[str, str] = json.loads((self.folder / "api-keys.json").read_text())
        return found


def make_keys(folder: Path) -> Keys:
    """The keys in `folder`; those that are missing are made, the others stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = Keys(folder)
    if not keys.decision_key.exists() or not keys.decision_key_set.exists():
        _make_decision_key(keys)
    if not keys.mac_key.exists():
        write_private(keys.mac_key, secrets.token_hex(32))
    if not keys.identities.exists():
        _make_identities(keys)
    return keys


def _make_decision_key(keys: Keys) -> None:
    key = Ed25519PrivateKey.generate()
    entry = key_set_entry(DECISION_KEY_ID, key.public_key())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(keys.decision_key, pem.decode())
    write_private(keys.decision_key_set, json.dumps({"keys": [entry]}, indent=2) + "\n")


def _make_identities(keys: Keys) -> None:
    identities, api_keys = [], {}
    for name, roles in ROLES.items():
        secret = secrets.token_urlsafe(32)
        api_keys[name] = f"sg_{name}_{secret}"
        key = {"id": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), "expiresAt": None}
        identities.append({"name": name, "person": True, "roles": roles, "keys": [key]})
    write_private(keys.folder / "api-keys.json", json.dumps(api_keys, indent=2) + "\n")
    write_private(keys.identities, json.dumps({"identities": identities}, indent=2) + "\n")
