"""Session tokens for tests: a key, the file of its public half, and tokens that are good or not."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sluicegate_kit.access.session_tokens import SessionKey
from sluicegate_kit.clock import SystemClock
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.signature import key_set_entry

SESSION_KEY = SessionKey("session-1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def write_key_set(folder: Path, *keys: SessionKey) -> Path:
    """The file of public keys; of `SESSION_KEY` if none is given."""
    file = folder / "session-keys.json"
    entries = [key_set_entry(key.key_id, key.key.public_key()) for key in keys or (SESSION_KEY,)]
    file.write_text(json.dumps({"keys": entries}))
    return file


def write_private_key(folder: Path, key: SessionKey = SESSION_KEY) -> Path:
    """The file of the private key, as checkpoint-svc reads it."""
    file = folder / "session-key.pem"
    file.write_bytes(key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def token(person: str, *, at: datetime | None = None, key: SessionKey = SESSION_KEY) -> str:
    """As it is given at that moment, or now."""
    began = at or SystemClock().now()
    return key.sign(new_id(), person, began, began + timedelta(hours=12))
