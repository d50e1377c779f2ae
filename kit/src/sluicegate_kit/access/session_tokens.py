"""Session tokens: who has signed in, signed by the service that keeps the sessions, verified anywhere by public key.

A JSON Web Token (RFC 7519) with one algorithm, one issuer, one audience, and keys from configuration alone (RFC 8725).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.private_key import read_private_key
from sluicegate_schemas.signature import KeySet

ALGORITHM = "EdDSA"
ISSUER = "sluicegate"
AUDIENCE = "sluicegate-services"
LASTS = timedelta(minutes=15)
LONGEST = 2000
"""Characters; ours have some 350."""


class SessionRefused(AccessError):
    """A token that none of our keys signed, or that is not one for us."""


@dataclass(frozen=True, slots=True)
class SessionToken:
    """What a token says. Roles are not in it: they are looked up whenever it is used."""

    session_id: UUID
    person: str
    expires_at: datetime
    """To the second."""


@dataclass(frozen=True, slots=True)
class SessionKey:
    """The private key that signs tokens, and its name in the key set."""

    key_id: str
    key: Ed25519PrivateKey

    @classmethod
    def read(cls, key_id: str, path: Path) -> "SessionKey":
        """From a PEM file.

        Raises:
            NotAPrivateKey
        """
        return cls(key_id, read_private_key(path))

    def sign(self, session_id: UUID, person: str, now: datetime, ends_at: datetime) -> str:
        """A token for 15 minutes from `now`, or until `ends_at` if that is sooner."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person,
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int(min(now + LASTS, ends_at).timestamp()),
        }
        return jwt.encode(claims, self.key, ALGORITHM, {"kid": self.key_id})


def read(token: str, keys: KeySet) -> SessionToken:
    """What a token says that one of `keys` has signed. It may have expired: that is for the caller to see.

    Raises:
        SessionRefused
    """
    if len(token) > LONGEST:
        raise SessionRefused("too long")
    try:
        key = keys.get(jwt.get_unverified_header(token).get("kid", ""))
        if key is None:
            raise SessionRefused("no such key")
        claims = jwt.decode(
            token,
            key,
            [ALGORITHM],
            # The time is compared where the clock is: here a token is the same thing at any time.
            options={"require": ["exp"], "verify_exp": False, "verify_iat": False, "strict_aud": True},
            audience=AUDIENCE,
            issuer=ISSUER,
        )
        return _token(claims)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise SessionRefused(type(error).__name__) from None


def _token(claims: dict[str, Any]) -> SessionToken:
    return SessionToken(UUID(claims["sid"]), claims["sub"], datetime.fromtimestamp(claims["exp"], UTC))
