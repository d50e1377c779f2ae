"""The api's mark on its own records."""

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_schemas.mac import sign, verify

KEYS = (bytes(32),)


def test_it_is_hmac_sha256_in_hex() -> None:
    """RFC 4231, test case 2."""
    expected = b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", (b"Jefe",)) == expected


@given(st.binary(), st.binary(min_size=1))
def test_it_is_good_for_its_value_and_its_key_alone(value: bytes, key: bytes) -> None:
    mac = sign(value, (key,))
    assert verify(value, mac, (key,))
    assert not verify(value + b" ", mac, (key,))
    assert not verify(value, mac, (key + b"k",))


def test_the_first_key_seals_and_each_one_is_believed() -> None:
    old, new = b"o" * 32, b"n" * 32
    for sealed in (sign(b"{}", (old,)), sign(b"{}", (new, old))):
        assert verify(b"{}", sealed, (old, new))
        assert verify(b"{}", sealed, (new, old))
    assert not verify(b"{}", sign(b"{}", (new, old)), (old,))


@given(st.binary())
def test_whatever_a_stranger_writes_does_not_verify(mac: bytes) -> None:
    assert not verify(b"{}", mac, KEYS) or mac == sign(b"{}", KEYS)
