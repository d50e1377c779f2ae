"""A dead letter is never larger than what its producer takes, whatever record it keeps (G9)."""

from base64 import b64decode

import confluent_kafka
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sluicegate_kit.kafka.dead_letter import dead_letter
from sluicegate_kit.kafka.ports import Record
from sluicegate_kit.kafka.sizes import BATCH_OVERHEAD_BYTES, record_bytes
from sluicegate_schemas.envelope import Headers, Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import DEAD_LETTER, JOB_REQUESTED
from tests.unit.api.ledger import START

LEAST_BYTES = 100_000
"""What `kafka_message_max_bytes` may be at least."""


def record(
    value: bytes | None = b"", key: bytes | None = b"job-1", headers: Headers = (("ce_id", b"7"),), offset: int = 7
) -> Record:
    return Record(JOB_REQUESTED.name, 3, offset, key, value, tuple(headers), 0)


def letter_of(of: Record, reason: str = "it isn't", most_bytes: int = RECORD_BYTES) -> Message:
    return dead_letter(of, "not-json", reason, new_id(), START, most_bytes=most_bytes)


def is_taken(message: Message, most_bytes: int) -> bool:
    """Whether librdkafka itself takes it; no broker is asked."""
    producer = confluent_kafka.Producer({"message.max.bytes": most_bytes})
    try:
        producer.produce(message.topic, message.value, message.key, headers=list(message.headers))
    except confluent_kafka.KafkaException as error:
        if error.args[0].code() != confluent_kafka.KafkaError.MSG_SIZE_TOO_LARGE:
            raise
        return False
    finally:
        producer.purge()
    return True


def of_bytes(most: int) -> st.SearchStrategy[bytes]:
    """Some bytes again and again: their number is what matters, and what stands where they are cut."""
    return st.builds(
        lambda piece, size: (piece * (size // max(len(piece), 1) + 1))[:size],
        st.sampled_from([b"x", "é".encode(), "€uro".encode(), b"\xf0\x9f\x98\x80", b"\x80", b"\x00\xff"]),
        st.integers(0, most),
    )


records = st.builds(
    record,
    st.none() | of_bytes(3 * LEAST_BYTES),
    st.none() | of_bytes(2 * LEAST_BYTES),
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=70),
            of_bytes(LEAST_BYTES),
        ),
        max_size=9,
    ),
    st.integers(0, 2**63 - 1),
)


@given(records, st.text(max_size=1_100), st.integers(LEAST_BYTES, 2 * LEAST_BYTES))
@example(record(b"", b"", [(f"{number}", b"") for number in range(50_000)]), "\U0001f600" * 1_000, LEAST_BYTES)
@example(record(b"", b"x" * LEAST_BYTES, [("n" * LEAST_BYTES, b"")]), "\U0001f600" * 1_000, LEAST_BYTES)
@example(record(b"x" * LEAST_BYTES, b"x" * LEAST_BYTES, [("n" * 3_000, b"")]), "\U0001f600" * 1_000, LEAST_BYTES)
def test_whatever_comes_its_letter_is_taken_and_what_is_not_whole_says_so(
    of: Record, reason: str, most_bytes: int
) -> None:
    message = letter_of(of, reason, most_bytes)
    assert record_bytes(message) + BATCH_OVERHEAD_BYTES <= most_bytes
    assert is_taken(message, most_bytes)

    headers = dict(message.headers)
    value, key = of.value or b"", of.key
    kept_key = b64decode(headers["dl_key"]) if "dl_key" in headers else None
    originals = [(name, text) for name, text in of.headers if (f"orig_{name}", text) in message.headers]
    assert value.startswith(message.value)
    assert (kept_key is None) == (key is None)
    assert key is None or kept_key is None or key.startswith(kept_key)
    if (told := headers.get("dl_value_bytes")) is None:
        assert (message.value, kept_key, originals) == (value, key, list(of.headers))
    else:
        assert int(told) == len(value)
        assert (message.value, kept_key, originals) != (value, key, list(of.headers))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 8_191, 8_192, 60_000])
@pytest.mark.parametrize("name", ["", "n", "schlüssel", "n" * 64])
def test_the_size_is_the_one_that_librdkafka_finds(name: str, size: int) -> None:
    message = Message(DEAD_LETTER.name, "key", b"x" * 50_000, ((name, b"v" * size), ("ce_id", b"7")))
    assert is_taken(message, record_bytes(message))
    assert not is_taken(message, record_bytes(message) - 1)


def test_the_largest_that_fits_is_whole_and_a_byte_more_is_not() -> None:
    room = RECORD_BYTES - BATCH_OVERHEAD_BYTES - record_bytes(letter_of(record()))
    largest = letter_of(record(b"x" * room))
    assert (len(largest.value), "dl_value_bytes" in dict(largest.headers)) == (room, False)
    assert is_taken(largest, RECORD_BYTES)
    over = letter_of(record(b"x" * (room + 1)))
    assert dict(over.headers)["dl_value_bytes"] == str(room + 1).encode()


@pytest.mark.parametrize("size", [RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES + 1, 5_000_000])
def test_most_of_a_large_value_is_kept(size: int) -> None:
    message = letter_of(record(b"x" * size))
    assert len(message.value) > 0.85 * RECORD_BYTES
    assert dict(message.headers)["orig_ce_id"] == b"7"


@pytest.mark.parametrize("character", ["é", "€", "\U0001f600"])
@pytest.mark.parametrize("before", range(2))
def test_text_is_cut_between_characters(character: str, before: int) -> None:
    text = "x" * before + character * (RECORD_BYTES // 2)
    kept = letter_of(record(text.encode())).value.decode()
    assert text.startswith(kept)


def test_headers_that_fit_are_kept_beside_one_that_does_not() -> None:
    headers = (("ce_id", b"7"), ("huge", b"x" * RECORD_BYTES), ("ce_type", b"t"))
    message = letter_of(record(b"{", headers=headers))
    assert (message.value, dict(message.headers)["dl_value_bytes"]) == (b"{", b"1")
    assert [name for name, _ in message.headers if name.startswith("orig_")] == ["orig_ce_id", "orig_ce_type"]


def test_an_event_that_comes_again_elsewhere_is_cut_at_the_same_place() -> None:
    value = b"x" * 5_000_000
    first, again = letter_of(record(value, offset=9)), letter_of(record(value, offset=12_345), "another reason")
    assert first.value == again.value
