"""Proves that a `job-requested` record came from the api, so that its `requestedBy` is a caller's identity."""

import hashlib
import hmac

HEADER = "sg_mac"


def sign(value: bytes, key: bytes) -> bytes:
    """HMAC-SHA256 over the record's value, hex (RFC 2104)."""
    return hmac.digest(key, value, hashlib.sha256).hex().encode()


def verify(value: bytes, mac: bytes, key: bytes) -> bool:
    """Whether `mac` is this value's, in constant time."""
    return hmac.compare_digest(sign(value, key), mac)
