"""A session token is good if we signed it, for us, and for nothing else: each known attack is tried."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_kit.access.session_tokens import (
    ALGORITHM,
    AUDIENCE,
    ISSUER,
    LONGEST,
    SessionKey,
    SessionRefused,
    read,
)
from sluicegate_schemas.ids import new_id
from tests.support.sessions import SESSION_KEY, token

PUBLIC = SESSION_KEY.key.public_key()
KEYS = {SESSION_KEY.key_id: PUBLIC}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SESSION = new_id()


def claims(**changes: Any) -> dict[str, Any]:
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "Ana", "sid": str(SESSION), "iat": 0, "exp": int(NOON.timestamp())}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(key: Any = SESSION_KEY.key, alg: str = ALGORITHM, kid: Any = SESSION_KEY.key_id, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, alg, {} if kid is None else {"kid": kid})


def by_hand(header: object, body: object, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def refused(text: str) -> None:
    with pytest.raises(SessionRefused):
        read(text, KEYS)


def test_a_token_says_who_signed_in_and_until_when() -> None:
    found = read(SESSION_KEY.sign(SESSION, "Ana Ünver", NOON, NOON + timedelta(hours=12)), KEYS)
    assert (found.session_id, found.person) == (SESSION, "Ana Ünver")
    assert found.expires_at == NOON + timedelta(minutes=15)


def test_no_token_outlasts_its_session() -> None:
    ends = NOON + timedelta(minutes=2)
    assert read(SESSION_KEY.sign(SESSION, "Ana", NOON, ends), KEYS).expires_at == ends


def test_what_the_attacks_are_made_from_is_good_without_them() -> None:
    assert read(signed(), KEYS).person == "Ana"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_alg_none(alg: str) -> None:
    refused(by_hand({"alg": alg, "typ": "JWT", "kid": SESSION_KEY.key_id}, claims()))


def test_no_alg_at_all() -> None:
    refused(by_hand({"kid": SESSION_KEY.key_id}, claims(), b"x" * 64))


@pytest.mark.parametrize("secret", [PUBLIC.public_bytes_raw(), b"", SESSION_KEY.key_id.encode()])
def test_the_public_key_used_as_a_shared_secret(secret: bytes) -> None:
    unsigned = by_hand({"alg": "HS256", "typ": "JWT", "kid": SESSION_KEY.key_id}, claims()).removesuffix(".")
    mac = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
    refused(f"{unsigned}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def test_another_kind_of_key() -> None:
    refused(signed(rsa.generate_private_key(65537, 2048), "RS256"))


def test_another_key_under_our_name() -> None:
    refused(signed(Ed25519PrivateKey.generate()))


@pytest.mark.parametrize("kid", ["../../../../dev/null", "/dev/null", "session-1\0", "session-2", "", None, "' OR 1=1"])
def test_a_key_that_is_not_ours(kid: str | None) -> None:
    refused(signed(kid=kid))


@pytest.mark.parametrize("kid", [1, ["session-1"], {"session-1": 1}, True])
def test_a_key_id_that_is_no_text(kid: object) -> None:
    refused(by_hand({"alg": ALGORITHM, "kid": kid}, claims(), b"x" * 64))


def test_a_key_that_the_token_brings_along() -> None:
    own = Ed25519PrivateKey.generate()
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(own.public_key()))
    for brought in ({"jwk": jwk}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/c"}):
        refused(jwt.encode(claims(), own, ALGORITHM, {"kid": SESSION_KEY.key_id, **brought}))


@pytest.mark.parametrize("aud", [None, "", "another", [AUDIENCE], [AUDIENCE, "another"], 1])
def test_wrong_audience(aud: object) -> None:
    refused(signed(aud=aud))


@pytest.mark.parametrize("iss", [None, "", "another", "sluicegate "])
def test_wrong_issuer(iss: object) -> None:
    refused(signed(iss=iss))


@pytest.mark.parametrize("changes", [{"exp": None}, {"exp": "soon"}, {"sub": None}, {"sid": None}, {"sid": "7"}])
def test_something_is_missing(changes: dict[str, Any]) -> None:
    refused(signed(**changes))


def test_what_was_signed_is_changed() -> None:
    head, _, signature = signed().split(".")
    _, body, _ = by_hand({}, claims(sub="Ben")).split(".")
    refused(f"{head}.{body}.{signature}")


def test_an_extension_that_is_critical_and_unknown() -> None:
    refused(jwt.encode(claims(), SESSION_KEY.key, ALGORITHM, {"kid": SESSION_KEY.key_id, "crit": ["exp2"], "exp2": 1}))


def test_one_that_is_too_long_or_too_deep() -> None:
    refused(signed(sub="a" * LONGEST))
    refused(base64.urlsafe_b64encode(b"[" * 1400).decode() + ".e30.e30")


def test_keys_can_change_while_both_are_known() -> None:
    following = SessionKey("session-2", Ed25519PrivateKey.generate())
    both = KEYS | {following.key_id: following.key.public_key()}
    assert read(token("Ana"), both).person == read(token("Ana", key=following), both).person
    with pytest.raises(SessionRefused):
        read(token("Ana"), {following.key_id: following.key.public_key()})


@given(st.text() | st.lists(st.text('eyJhbGciOiJub25lIn0{}[]"', max_size=40), max_size=4).map(".".join))
def test_any_other_text(text: str) -> None:
    refused(text)
