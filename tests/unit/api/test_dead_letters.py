"""Dead letters: kept once, sent again as they were."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sluicegate_api.domain import dead_letters
from sluicegate_api.domain.dead_letters import DeadLetter
from sluicegate_api.domain.errors import RecordNotWhole, ResentByOwner, UnknownDeadLetter
from sluicegate_api.operations.keep_dead_letter import KeepDeadLetter
from sluicegate_api.operations.redrive import Redrive
from sluicegate_api.tables import DEAD_LETTERS
from sluicegate_kit.kafka.dead_letter import dead_letter
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope, mac
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import JobControl
from sluicegate_schemas.topics import CHECKPOINT_DECIDED, JOB_LIFECYCLE, JOB_REQUESTED
from tests.unit.api.ledger import START, Ledger
from tests.unit.api.samples import numbered, request

MAC_KEYS = (b"key",)


def kept(record: Record) -> DeadLetter:
    message = dead_letter(record, "not-json", "it isn't", new_id(), START)
    return dead_letters.read(message.value, message.headers, START)


def record(topic: str = JOB_REQUESTED.name, key: bytes | None = b"job-1", value: bytes | None = b"\x00{") -> Record:
    return Record(topic, 3, 7, key, value, (("content-type", b"x/y"), ("sg_mac", b"\xff")), 0)


def test_what_an_owner_gave_up_on_is_kept_byte_for_byte() -> None:
    letter = kept(record())
    assert (letter.topic, letter.partition, letter.record_offset) == (JOB_REQUESTED.name, 3, 7)
    assert (letter.record_key, letter.value) == (b"job-1", b"\x00{")
    assert (letter.code, letter.reason, letter.at) == ("not-json", "it isn't", START)


def test_the_same_dead_letter_twice_is_one() -> None:
    ledger = Ledger()
    ledger.run(KeepDeadLetter(kept(record())))
    ledger.run(KeepDeadLetter(kept(record())))
    assert ledger.only(DEAD_LETTERS).times == 1


def resent(number: int, code: str = "input-too-large", job_id: str = "job-1", keys: mac.Keys = MAC_KEYS) -> DeadLetter:
    """The api's own request, as it came for the n-th time and was refused."""
    message = envelope.write(request(job_id), ce_id=numbered(job_id), source="api", at=START)
    headers = (*message.headers, (mac.HEADER, mac.sign(message.value, keys)))
    record = Record(message.topic, 1, number, b"job-1", message.value, headers, 0)
    refused = dead_letter(record, code, "too large", new_id(), START + timedelta(minutes=number))
    return dead_letters.with_its_job(dead_letters.read(refused.value, refused.headers, START), MAC_KEYS)


def test_an_event_that_is_sent_again_and_again_stays_one_dead_letter_and_says_how_often_it_came() -> None:
    ledger = Ledger()
    for letter in (resent(1), resent(2), resent(2), resent(1), resent(3, "job-id-conflict")):
        ledger.run(KeepDeadLetter(letter))
    letter = ledger.only(DEAD_LETTERS)
    assert (letter.times, letter.record_offset, letter.code) == (3, 3, "job-id-conflict")
    assert (letter.at, letter.last_at) == (START + timedelta(minutes=1), START + timedelta(minutes=3))


def test_two_that_were_given_up_on_at_the_same_moment_are_both_counted() -> None:
    first, second = resent(1), resent(1)._replace(record_offset=2)
    ledger = Ledger()
    for letter in (first, second, second):
        ledger.run(KeepDeadLetter(letter))
    assert ledger.only(DEAD_LETTERS).times == 2


def test_another_event_is_another_dead_letter() -> None:
    assert resent(1).dead_letter_id != resent(1, job_id="job-2").dead_letter_id


def test_a_dead_letter_names_the_job_that_waits_for_it_if_the_api_itself_asked() -> None:
    assert resent(1, job_id="job-7").job_id == "job-7"
    assert resent(1, keys=(b"another",)).job_id is None
    assert dead_letters.with_its_job(kept(record()), MAC_KEYS).job_id is None


def test_other_bytes_at_the_same_place_are_another_dead_letter() -> None:
    assert kept(record()).dead_letter_id != kept(record(value=b"other")).dead_letter_id


def test_a_redrive_sends_the_same_key_bytes_and_headers_and_says_where_from() -> None:
    ledger = Ledger()
    letter = kept(record())
    ledger.run(KeepDeadLetter(letter))
    redrive = Redrive(letter.dead_letter_id, uuid4(), "ana")
    ledger.run(redrive)
    ledger.run(redrive)
    (sent,) = ledger.emitted
    assert (sent.message.topic, sent.message.key, sent.message.value) == (JOB_REQUESTED.name, "job-1", b"\x00{")
    assert dict(sent.message.headers) == {
        "content-type": b"x/y",
        "sg_mac": b"\xff",
        "redriven_from": str(letter.dead_letter_id).encode(),
    }
    assert (ledger.only(DEAD_LETTERS).redrives, ledger.only(DEAD_LETTERS).redriven_by) == (1, "ana")


def test_for_a_lifecycle_its_job_is_asked_for_a_report() -> None:
    for key, job_id in ((b"job-9", "job-9"), (None, "*"), (b"\xff", "*"), (b"no job id", "*")):
        ledger = Ledger()
        letter = kept(record(JOB_LIFECYCLE.name, key))
        ledger.run(KeepDeadLetter(letter))
        ledger.run(Redrive(letter.dead_letter_id, uuid4(), "ana"))
        assert JobControl.model_validate_json(ledger.emitted[0].message.value).job_id == job_id


def test_what_another_service_writes_is_left_to_it() -> None:
    ledger = Ledger()
    letter = kept(record(CHECKPOINT_DECIDED.name))
    ledger.run(KeepDeadLetter(letter))
    with pytest.raises(ResentByOwner, match="checkpoint-decided"):
        ledger.run(Redrive(letter.dead_letter_id, uuid4(), "ana"))


def too_large(topic: str = JOB_REQUESTED.name) -> DeadLetter:
    return kept(record(topic, value=b"x" * 5_000_000))


def test_a_record_that_is_not_kept_whole_says_how_long_its_value_was() -> None:
    letter = too_large()
    assert letter.value_bytes == 5_000_000
    assert b"x" * 5_000_000 != letter.value == b"x" * len(letter.value)
    assert kept(record()).value_bytes is None


def test_a_part_of_a_record_is_not_sent_again() -> None:
    """Also where only its headers did not fit."""
    headers = kept(record()._replace(headers=(("large", b"x" * 4_000_000),)))
    for letter in (too_large(), headers):
        ledger = Ledger()
        ledger.run(KeepDeadLetter(letter))
        with pytest.raises(RecordNotWhole, match="partition 3, offset 7"):
            ledger.run(Redrive(letter.dead_letter_id, uuid4(), "ana"))
        assert ledger.emitted == []


def test_what_needs_no_bytes_is_done_for_a_part_of_a_record_too() -> None:
    lifecycle, decision = too_large(JOB_LIFECYCLE.name), too_large(CHECKPOINT_DECIDED.name)
    assert dead_letters.why_not(lifecycle) is None
    assert isinstance(dead_letters.why_not(decision), ResentByOwner)


def test_a_large_event_that_is_sent_again_and_again_stays_one_dead_letter() -> None:
    event = record(value=b"x" * 5_000_000)._replace(headers=(("ce_id", b"7"),))
    ledger = Ledger()
    for number in range(3):
        at = START + timedelta(minutes=number)
        message = dead_letter(event._replace(offset=10**number), "not-json", "it" * number, new_id(), at)
        ledger.run(KeepDeadLetter(dead_letters.read(message.value, message.headers, at)))
    assert ledger.only(DEAD_LETTERS).times == 3


def test_an_unknown_dead_letter_is_not_sent() -> None:
    with pytest.raises(UnknownDeadLetter):
        Ledger().run(Redrive(uuid4(), uuid4(), "ana"))


def test_a_key_that_is_not_text_is_left_out_of_a_redrive() -> None:
    letter = kept(record(key=b"\xff"))
    assert dead_letters.original(letter).key is None


@pytest.mark.parametrize("broken", ["dl_topic", "dl_partition", "dl_at", "dl_code"])
def test_a_dead_letter_without_its_headers_is_malformed(broken: str) -> None:
    message = dead_letter(record(), "code", "reason", new_id(), START)
    headers = [(name, value) for name, value in message.headers if name != broken]
    with pytest.raises(MalformedRecord, match="bad-envelope"):
        dead_letters.read(message.value, headers, START)
