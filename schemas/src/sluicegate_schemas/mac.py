"""Proves that a `job-requested` record came from the api, so that its `requestedBy` is a caller's identity."""

import hashlib
import hmac

HEADER = "sg_mac"

Keys = tuple[bytes, ...]
"""The first one seals, each one is believed: while keys are exchanged there are two. Never empty."""


def sign(value: bytes, keys: Keys) -> bytes:
    """HMAC-SHA256 over the record's value by the first key, hex (RFC 2104)."""
    return _mac(value, keys[0])


def verify(value: bytes, mac: bytes, keys: Keys) -> bool:
    """Whether `mac` is this value's by one of the keys; in constant time for each."""
    return any(hmac.compare_digest(_mac(value, key), mac) for key in keys)


def _mac(value: bytes, key: bytes) -> bytes:
    return hmac.digest(key, value, hashlib.sha256).hex().encode()
