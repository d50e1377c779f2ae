"""A log that was lost is found, read from its start, and everything unanswered is sent again. A rewind is no loss."""

import asyncio

import pytest

from sluicegate_kit.db.errors import DatabaseUnavailable
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.log_lost import StartOver
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_schemas.topics import FLEET_CONTROL
from tests.unit.kit.kafka.reader import THE_ONE, Reader

pytestmark = pytest.mark.anyio


def waits_made_due(reader: Reader) -> int:
    return len(reader.writes.statements)


def kept_offset(reader: Reader) -> int:
    (position,) = reader.writes.rows(POSITIONS)
    return position.next_offset


async def a_reader_of(*values: bytes) -> Reader:
    reader = Reader()
    reader.produce(*values)
    await reader.turns()
    return reader


async def test_offsets_rewound_while_running_are_harmless() -> None:
    reader = await a_reader_of(b"1", b"2", b"3")
    await reader.consumer.seek({THE_ONE: 1})
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 2, b"3": 2}
    assert (reader.losses, kept_offset(reader)) == (0, 3)


async def test_offsets_rewound_between_two_processes_are_harmless() -> None:
    reader = await a_reader_of(b"1", b"2")
    reader.consumer.commit({THE_ONE: 0})
    reader.restart()
    await reader.turns()
    assert (reader.losses, kept_offset(reader)) == (0, 2)


async def test_a_log_that_became_empty_is_found_by_the_next_process() -> None:
    reader = await a_reader_of(b"1", b"2")
    reader.broker.lose_log()
    reader.restart()
    await reader.turns()
    assert (reader.losses, waits_made_due(reader), kept_offset(reader)) == (1, 1, 0)


async def test_a_lost_log_is_read_from_its_start_whatever_offset_was_committed() -> None:
    reader = await a_reader_of(b"1", b"2")
    reader.broker.lose_log(keep_offsets=True)
    reader.produce(b"a", b"b", b"c", b"d")
    reader.restart()
    await reader.turns(3)
    assert reader.seen == {b"1": 1, b"2": 1, b"a": 1, b"b": 1, b"c": 1, b"d": 1}
    assert (reader.losses, kept_offset(reader), reader.committed) == (1, 4, 4)


async def test_a_crash_after_the_first_batch_of_all_hides_no_loss() -> None:
    reader = Reader()
    reader.produce(b"1")
    await reader.turns(1)
    reader.broker.lose_log(keep_offsets=True)
    reader.produce(b"a")
    reader.restart()
    await reader.turns(3)
    assert (reader.seen, reader.losses) == ({b"1": 1, b"a": 1}, 1)


async def test_a_loss_while_running_is_found_when_offsets_jump_back() -> None:
    reader = await a_reader_of(b"1", b"2")
    reader.broker.lose_log()
    reader.produce(b"a")
    await reader.turns(3)
    assert reader.seen == {b"1": 1, b"2": 1, b"a": 1}
    assert (reader.losses, kept_offset(reader)) == (1, 1)


async def test_a_loss_while_running_is_found_by_the_routine_look_at_the_log_id() -> None:
    reader = await a_reader_of(b"1")
    reader.restart(log_check_seconds=0)
    await reader.turns()
    reader.broker.lose_log()
    reader.produce(b"a", b"b", b"c")
    async with asyncio.timeout(20):
        while b"a" not in reader.seen:
            await reader.ingest.turn()
    assert reader.losses == 1
    assert set(reader.seen) == {b"1", b"a", b"b", b"c"}


async def test_records_that_retention_dropped_unread_are_a_loss() -> None:
    reader = await a_reader_of(b"1")
    reader.produce(b"2", b"3", b"4")
    reader.broker.trim(THE_ONE, 3)
    reader.restart()
    await reader.turns(3)
    assert reader.seen == {b"1": 1, b"4": 1}
    assert (reader.losses, kept_offset(reader)) == (1, 4)


async def test_a_loss_is_found_again_if_the_process_ends_before_it_is_kept() -> None:
    def away(operation: Operation[object]) -> None:
        if isinstance(operation, StartOver):
            raise DatabaseUnavailable("no connection")

    reader = await a_reader_of(b"1")
    reader.broker.lose_log()
    reader.produce(b"a")
    reader.writes.before = away
    reader.restart()
    await reader.turns()
    assert waits_made_due(reader) == 0
    reader.writes.before = lambda operation: None
    reader.restart()
    await reader.turns()
    assert waits_made_due(reader) == 1
    assert reader.seen == {b"1": 1, b"a": 1}


async def test_nothing_is_written_while_the_broker_can_not_tell_whether_the_log_is_lost() -> None:
    reader = await a_reader_of(b"1")
    reader.produce(b"2")
    reader.restart()
    reader.broker.tells_about_logs = False
    await reader.turns(3)
    assert reader.seen == {b"1": 1}
    reader.broker.tells_about_logs = True
    await reader.turns()
    assert reader.seen == {b"1": 1, b"2": 1}
    assert reader.losses == 0


async def test_a_log_that_was_never_read_is_not_lost() -> None:
    reader = Reader()
    await reader.turns()
    reader.broker.lose_log(FLEET_CONTROL.name)
    reader.produce(b"1")
    await reader.turns()
    assert reader.losses == 0
    assert reader.seen == {b"1": 1}


async def test_nothing_is_written_while_the_broker_leaves_out_a_log_that_was_read_before() -> None:
    reader = await a_reader_of(b"1")
    reader.broker.lose_log()
    reader.produce(b"a", b"b")
    reader.broker.leaves_out.add(THE_ONE)
    reader.restart()
    await reader.turns(3)
    assert reader.seen == {b"1": 1}
    reader.broker.leaves_out.clear()
    await reader.turns(3)
    assert reader.seen == {b"1": 1, b"a": 1, b"b": 1}
    assert reader.losses == 1
