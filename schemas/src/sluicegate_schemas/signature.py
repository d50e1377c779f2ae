"""Signs decisions and verifies them against a key set that comes from configuration, never over Kafka."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from sluicegate_schemas.checkpoint_decided import CheckpointDecided, SignedDecision
from sluicegate_schemas.errors import ForgedDecision
from sluicegate_schemas.payload import digest

KeySet = Mapping[str, Ed25519PublicKey]
"""Public keys by `keyId`."""


def sign(decision: SignedDecision, key: Ed25519PrivateKey) -> tuple[str, str]:
    """The exact text and its signature, as `checkpoint-decided` carries them."""
    text = decision.model_dump_json(by_alias=True, exclude_none=True)
    return text, _b64(key.sign(text.encode()))


def verify(event: CheckpointDecided, keys: KeySet) -> SignedDecision:
    """What was signed.

    Raises:
        ForgedDecision: unknown key, bad signature, signed text of another shape, or an edited payload whose
            digest is not the signed one.
    """
    key = keys.get(event.key_id)
    if key is None:
        raise ForgedDecision(f"no key {event.key_id!r} in the key set")
    try:
        key.verify(_unb64(event.signature), event.signed.encode())
        signed = SignedDecision.model_validate_json(event.signed)
    except (InvalidSignature, ValueError) as error:
        shape = "signed text has another shape" if isinstance(error, ValidationError) else "bad signature"
        raise ForgedDecision(shape) from error
    if signed.key_id != event.key_id:
        raise ForgedDecision("signed under another keyId")
    edited = None if event.edited_payload is None else digest(event.edited_payload.encode())
    if edited != signed.edited_digest:
        raise ForgedDecision("editedPayload is not what was signed")
    return signed


def read_key_set(path: Path) -> KeySet:
    """Public keys from a JSON file: `{"keys": [{"keyId": "...", "publicKey": "<32 bytes, base64url>"}]}`.

    Raises:
        OSError, ValueError: the file can't be read as that.
    """
    try:
        entries = json.loads(path.read_text())["keys"]
        return {entry["keyId"]: Ed25519PublicKey.from_public_bytes(_unb64(entry["publicKey"])) for entry in entries}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no key set") from error


def key_set_entry(key_id: str, key: Ed25519PublicKey) -> dict[str, str]:
    """One entry of a key-set file."""
    return {"keyId": key_id, "publicKey": _b64(key.public_bytes_raw())}


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
