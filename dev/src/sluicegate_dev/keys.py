"""Makes the secrets that one machine needs: keys that sign, the `sg_mac` key, and API keys of three identities."""

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
SESSION_KEY_ID = "dev-session-1"
ROLES = {
    "submitter": ("viewer", "submitter"),
    "approver": ("viewer", "approver"),
    "admin": ("admin",),
}
"""The identities with an API key, each a person, and what they may do."""
PEOPLE = {
    "Ana": ("admin", "approver"),
    "Ben": ("approver",),
}
"""Those who sign in by a link, and have no key."""


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
    def session_key(self) -> Path:
        """Another private key of checkpoint-svc (PEM), for sessions."""
        return self.folder / "session-key.pem"

    @property
    def session_key_set(self) -> Path:
        """The public keys that api and checkpoint-svc verify sessions with."""
        return self.folder / "session-keys.json"

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
    _make_signing_key(DECISION_KEY_ID, keys.decision_key, keys.decision_key_set)
    _make_signing_key(SESSION_KEY_ID, keys.session_key, keys.session_key_set)
    if not keys.mac_key.exists():
        write_private(keys.mac_key, secrets.token_hex(32))
    if not keys.identities.exists():
        _make_identities(keys)
    _introduce_people(keys)
    return keys


def _make_signing_key(key_id: str, private: Path, public: Path) -> None:
    if private.exists() and public.exists():
        return
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(private, pem.decode())
    write_private(public, json.dumps({"keys": [key_set_entry(key_id, key.public_key())]}, indent=2) + "\n")


def _make_identities(keys: Keys) -> None:
    identities, api_keys = [], {}
    for name, roles in ROLES.items():
        secret = secrets.token_urlsafe(32)
        api_keys[name] = f"sg_{name}_{secret}"
        key = {"id": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), "expiresAt": None}
        identities.append({"name": name, "person": True, "roles": roles, "keys": [key]})
    write_private(keys.folder / "api-keys.json", json.dumps(api_keys, indent=2) + "\n")
    write_private(keys.identities, json.dumps({"identities": identities}, indent=2) + "\n")


def _introduce_people(keys: Keys) -> None:
    """Also to a keys file from before there were any."""
    known = json.loads(keys.identities.read_text())
    names = {identity["name"] for identity in known["identities"]}
    missing = [name for name in PEOPLE if name not in names]
    if missing:
        known["identities"] += [{"name": name, "person": True, "roles": PEOPLE[name], "keys": []} for name in missing]
        write_private(keys.identities, json.dumps(known, indent=2) + "\n")
