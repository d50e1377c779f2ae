"""A decision counts only if the decision key signed exactly it. Every way of bending one is a forgery."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome, SignedDecision
from sluicegate_schemas.errors import ForgedDecision
from sluicegate_schemas.payload import digest
from sluicegate_schemas.signature import key_set_entry, read_key_set, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEYS = {"one": KEY.public_key(), "other": OTHER_KEY.public_key()}
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
EDITED = '{"files":["b"]}'


def decision(**changes: Any) -> SignedDecision:
    fields: dict[str, Any] = {
        "checkpoint_id": UUID(int=1),
        "job_id": "job-1",
        "run": 1,
        "decision_id": UUID(int=2),
        "outcome": Outcome.APPROVED,
        "payload_digest": digest(b"{}"),
        "at": AT,
        "key_id": "one",
    }
    return SignedDecision(**(fields | changes))


def event(signed: SignedDecision, *, key: Ed25519PrivateKey = KEY, **changes: Any) -> CheckpointDecided:
    text, signature = sign(signed, key)
    copies = signed.model_dump() | {"decided_by": ["bo"], "waited_ms": 5}
    return CheckpointDecided(**(copies | {"signed": text, "signature": signature} | changes))


GENUINE = event(decision())
EDIT = event(decision(edited_digest=digest(EDITED.encode())), edited_payload=EDITED)


def bent(genuine: CheckpointDecided, **changes: Any) -> CheckpointDecided:
    return genuine.model_copy(update=changes)


def resigned(text: str) -> CheckpointDecided:
    """Another text, genuinely signed: what a confused signer would send."""
    signature = urlsafe_b64encode(KEY.sign(text.encode())).rstrip(b"=").decode()
    return bent(GENUINE, signed=text, signature=signature)


FORGERIES: dict[str, Callable[[], CheckpointDecided]] = {
    "an unknown key": lambda: event(decision(key_id="unknown")),
    "signed by somebody else": lambda: event(decision(), key=OTHER_KEY),
    "a trusted key under the wrong name": lambda: event(decision(), key=OTHER_KEY, key_id="other"),
    "a trusted key that did not sign": lambda: event(decision(key_id="other")),
    "no signature": lambda: bent(GENUINE, signature=""),
    "a signature that is no base64": lambda: bent(GENUINE, signature="!!!"),
    "a signature outside ASCII": lambda: bent(GENUINE, signature="ä" * 86),
    "a signature cut short": lambda: bent(GENUINE, signature=GENUINE.signature[:-2]),
    "another decision's signature": lambda: bent(GENUINE, signature=EDIT.signature),
    "another outcome in the text": lambda: bent(GENUINE, signed=GENUINE.signed.replace("approved", "rejected")),
    "another job in the text": lambda: bent(GENUINE, signed=GENUINE.signed.replace("job-1", "job-2")),
    "a space more in the text": lambda: bent(GENUINE, signed=GENUINE.signed + " "),
    "an edit swapped": lambda: bent(EDIT, edited_payload='{"files":["c"]}'),
    "an edit with another spelling": lambda: bent(EDIT, edited_payload=EDITED + " "),
    "an edit dropped": lambda: bent(EDIT, edited_payload=None),
    "an edit slipped in": lambda: bent(GENUINE, edited_payload=EDITED, edited_digest=digest(EDITED.encode())),
    "signed text that is no decision": lambda: resigned("{}"),
    "signed text with more in it": lambda: resigned(json.dumps(json.loads(GENUINE.signed) | {"extra": 1})),
    "signed text that is no JSON": lambda: resigned("approved"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_found(forge: Callable[[], CheckpointDecided]) -> None:
    with pytest.raises(ForgedDecision):
        verify(forge(), KEYS)


def test_a_genuine_decision_gives_what_was_signed() -> None:
    assert verify(GENUINE, KEYS) == decision()


def test_a_genuine_edit_gives_the_digest_of_the_edited_bytes() -> None:
    assert verify(EDIT, KEYS).edited_digest == digest(EDITED.encode())


def test_unsigned_copies_of_signed_fields_are_not_looked_at() -> None:
    lying = bent(GENUINE, outcome=Outcome.REJECTED, job_id="job-2", run=7, payload_digest=digest(b"other"))
    assert verify(lying, KEYS) == decision()


def test_it_survives_the_wire_byte_for_byte() -> None:
    again = CheckpointDecided.model_validate_json(EDIT.to_json())
    assert verify(again, KEYS) == verify(EDIT, KEYS)


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_can_change(bit: int) -> None:
    raw = bytearray(urlsafe_b64decode(GENUINE.signature + "=="))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ForgedDecision):
        verify(bent(GENUINE, signature=urlsafe_b64encode(raw).rstrip(b"=").decode()), KEYS)


@given(st.text(max_size=200), st.text(max_size=100), st.text(max_size=20) | st.sampled_from(["one", "other"]))
def test_whatever_a_stranger_writes_is_a_forgery_and_nothing_else(signed: str, signature: str, key_id: str) -> None:
    with pytest.raises(ForgedDecision):
        verify(bent(GENUINE, signed=signed, signature=signature, key_id=key_id), KEYS)


def test_a_key_set_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [key_set_entry("one", KEY.public_key())]}))
    assert verify(GENUINE, read_key_set(path)) == decision()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"keys":7}', '{"keys":[{"keyId":"one"}]}', '{"keys":[{"keyId":"a","publicKey":"AA"}]}']
)
def test_a_file_that_is_no_key_set_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read_key_set(path)
