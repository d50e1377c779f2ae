"""Ingest, on the twin of Kafka: what is written, dead-lettered or skipped, and when offsets are committed."""

import asyncio
from base64 import b64decode

import pytest

from sluicegate_kit.db.errors import DatabaseUnavailable, DataRefused, StatementRefused, WritesStopped
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.positions import POSITIONS, Position
from sluicegate_kit.kafka.sizes import record_bytes
from sluicegate_kit.metrics import SKIPPED_RECORDS
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.topics import DEAD_LETTER, FLEET_CONTROL, Party
from tests.unit.kit.kafka.reader import GROUP, Reader, See

pytestmark = pytest.mark.anyio


async def joined(reader: Reader) -> None:
    while not reader.consumer.assigned:  # noqa: ASYNC110 - a poll in memory ends within a turn of the loop
        await asyncio.sleep(0)


def dead_letters(reader: Reader) -> list[Message]:
    return [emitted.message for emitted in reader.writes.emitted]


async def test_records_are_written_then_their_offset_is_committed_and_kept() -> None:
    reader = Reader()
    reader.produce(b"1", b"2", b"3")
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1, b"3": 1}
    assert reader.committed == 3
    log_id = reader.broker.log_id(FLEET_CONTROL.name)
    assert reader.writes.rows(POSITIONS) == [Position(FLEET_CONTROL.name, 0, 3, log_id)]


async def test_a_bad_record_is_dead_lettered_by_its_owner_and_the_partition_goes_on() -> None:
    """G9."""
    reader = Reader(party=FLEET_CONTROL.owner)
    reader.produce(b"1", b"bad", b"2")
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1}
    assert reader.committed == 3
    (letter,) = dead_letters(reader)
    headers = dict(letter.headers)
    assert (letter.topic, letter.key, letter.value) == (DEAD_LETTER.name, None, b"bad")
    assert headers["dl_topic"] == FLEET_CONTROL.name.encode()
    assert (headers["dl_partition"], headers["dl_offset"]) == (b"0", b"1")
    assert b64decode(headers["dl_key"]) == b"fleet"
    assert (headers["dl_code"], headers["dl_reason"]) == (b"not-json", b"this is not JSON")
    assert headers["dl_at"] == b"2026-01-31T12:00:00.000000Z"
    assert headers["orig_ce_id"] == b"7"


async def test_a_record_that_the_client_could_not_read_whole_is_dead_lettered() -> None:
    """G9."""
    reader = Reader(party=FLEET_CONTROL.owner)
    reader.broker.append(Message(FLEET_CONTROL.name, "fleet", b"1", (("\udcff", b""),)))
    reader.produce(b"2")
    await reader.turns()
    assert reader.seen == {b"2": 1}
    (letter,) = dead_letters(reader)
    assert (letter.value, dict(letter.headers)["dl_code"]) == (b"1", b"bad-envelope")


async def test_a_bad_record_larger_than_what_is_sent_is_dead_lettered_as_far_as_it_fits() -> None:
    """G9."""
    reader = Reader(party=FLEET_CONTROL.owner, message_max_bytes=100_000)
    reader.produce(b"1", b"bad when decided" * 10_000, b"2")
    await reader.turns()
    assert (reader.seen, reader.committed) == ({b"1": 1, b"2": 1}, 3)
    (letter,) = dead_letters(reader)
    assert record_bytes(letter) <= 100_000
    assert (letter.value[:3], dict(letter.headers)["dl_value_bytes"]) == (b"bad", b"160000")


async def test_a_bad_record_is_skipped_by_those_who_do_not_own_its_topic() -> None:
    reader = Reader(party=Party.CHECKPOINT_SVC)
    reader.produce(b"1", b"bad", b"bad when decided", b"2")
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1}
    assert reader.committed == 4
    assert dead_letters(reader) == []
    counted = reader.metrics.counter(SKIPPED_RECORDS).labels(FLEET_CONTROL.name)
    assert [sample.value for metric in counted.collect() for sample in metric.samples] == [2]


async def test_an_empty_record_is_dead_lettered_as_empty_bytes() -> None:
    reader = Reader()
    reader.produce(b"")
    await reader.turns()
    assert [letter.value for letter in dead_letters(reader)] == [b""]


async def test_a_record_found_bad_when_it_is_decided_is_dead_lettered_with_that_reason() -> None:
    reader = Reader()
    reader.produce(b"bad when decided", b"1")
    await reader.turns()
    assert reader.seen == {b"1": 1}
    assert [dict(letter.headers)["dl_code"] for letter in dead_letters(reader)] == [b"job-id-conflict"]


async def test_a_record_that_the_database_refuses_is_dead_lettered() -> None:
    def refuse(operation: Operation[object]) -> None:
        if operation == See(b"poison"):
            raise DataRefused("22P05", "untranslatable character")

    reader = Reader()
    reader.writes.before = refuse
    reader.produce(b"1", b"poison", b"2")
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1}
    assert [dict(letter.headers)["dl_code"] for letter in dead_letters(reader)] == [b"data-refused"]


async def test_records_wait_while_the_database_refuses_all_of_them() -> None:
    """A table is missing, say: a migration, or its undoing, is not through. That makes no good record a dead letter."""

    def refuse(operation: Operation[object]) -> None:
        if isinstance(operation, See):
            raise StatementRefused("42P01", "relation does not exist")

    reader = Reader()
    working, reader.writes.before = reader.writes.before, refuse
    reader.produce(b"1", b"2")
    await reader.turns(3)
    assert (dead_letters(reader), reader.committed) == ([], None)
    reader.writes.before = working
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1}
    assert dead_letters(reader) == []


async def test_a_record_that_brings_such_a_refusal_upon_itself_holds_no_other_up() -> None:
    """G9."""

    def refuse(operation: Operation[object]) -> None:
        if operation == See(b"poison"):
            raise StatementRefused("42601", "syntax error")

    reader = Reader()
    reader.writes.before = refuse
    reader.produce(b"poison")
    await reader.turns(2)
    reader.produce(b"1")
    await reader.turns()
    assert reader.seen == {b"1": 1}
    assert [dict(letter.headers)["dl_code"] for letter in dead_letters(reader)] == [b"internal-error"]
    assert reader.committed == 2


async def test_a_bug_costs_one_record_and_quotes_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    reader = Reader()
    reader.produce(b"bug MARKER", b"1")
    await reader.turns()
    assert reader.seen == {b"1": 1}
    (letter,) = dead_letters(reader)
    headers = dict(letter.headers)
    assert headers["dl_code"] == b"internal-error"
    assert b"MARKER" not in headers["dl_reason"]
    output = capsys.readouterr()
    assert "MARKER" not in output.out + output.err


async def test_a_bad_dead_letter_is_not_dead_lettered_again() -> None:
    reader = Reader(party=Party.API, topic=DEAD_LETTER)
    reader.produce(b"bad")
    await reader.turns()
    assert dead_letters(reader) == []


async def test_records_for_others_are_passed_over() -> None:
    reader = Reader()
    reader.produce(b"other 1", b"1", b"other 2")
    await reader.turns()
    assert reader.seen == {b"1": 1}
    assert reader.committed == 3


async def test_nothing_is_committed_while_the_database_is_away_and_the_batch_comes_again() -> None:
    def away(operation: Operation[object]) -> None:
        raise DatabaseUnavailable("no connection")

    reader = Reader()
    reader.produce(b"1")
    await reader.turns()
    working, reader.writes.before = reader.writes.before, away
    reader.produce(b"2", b"bad", b"3")
    await reader.turns(3)
    assert reader.seen == {b"1": 1}
    assert reader.committed == 1
    reader.writes.before = working
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1, b"3": 1}
    assert reader.committed == 4
    assert len(dead_letters(reader)) == 1


async def test_a_database_that_goes_away_amid_a_batch_commits_no_offset_of_it() -> None:
    def away_for_the_second(operation: Operation[object]) -> None:
        if operation == See(b"2"):
            raise DatabaseUnavailable("no connection")

    reader = Reader()
    reader.writes.before = away_for_the_second
    reader.produce(b"1", b"2")
    await reader.turns()
    assert reader.committed is None
    reader.writes.before = lambda operation: None
    await reader.turns()
    assert reader.seen[b"2"] == 1
    assert reader.committed == 2


async def test_ingest_ends_without_a_commit_when_writes_have_stopped() -> None:
    def stopped(operation: Operation[object]) -> None:
        if isinstance(operation, See):
            raise WritesStopped("the process is stopping")

    reader = Reader()
    reader.writes.before = stopped
    reader.produce(b"1")
    async with asyncio.timeout(20):
        await reader.ingest.run()
    assert reader.committed is None


async def test_a_stopped_ingest_has_left_its_group() -> None:
    reader = Reader()
    running = asyncio.create_task(reader.ingest.run())
    async with asyncio.timeout(20):
        await joined(reader)
        reader.ingest.stop()
        await running
    assert reader.broker.group(GROUP).members == []


async def test_the_sign_of_life_is_the_last_poll() -> None:
    reader = Reader()
    await reader.turns(1)
    assert reader.ingest.polled_seconds_ago < 1
