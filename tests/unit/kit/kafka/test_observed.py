"""Ingest shows how it stands: what it has read, what it has yet to read, and for how long it has not got on."""

import time

import pytest

from sluicegate_kit.db.errors import DatabaseUnavailable
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.metrics import (
    DEAD_LETTERS,
    INGEST_LAG,
    INGEST_PARTITIONS,
    INGEST_STALLED,
    INGESTED_RECORDS,
    LOGS_LOST,
    SKIPPED_RECORDS,
    MetricName,
)
from sluicegate_schemas.topics import FLEET_CONTROL, Party
from tests.unit.kit.kafka.reader import Reader

pytestmark = pytest.mark.anyio


def shown(reader: Reader, name: MetricName) -> float | None:
    labels = {"topic": FLEET_CONTROL.name} if name.labels else {}
    return reader.metrics.registry.get_sample_value(name.name, labels)


def away(operation: Operation[object]) -> None:
    raise DatabaseUnavailable("no connection")


async def looked_at_the_log(reader: Reader) -> None:
    """A turn that asks the broker, and one that takes its answer."""
    for _ in range(3):
        await reader.turns()


def test_every_series_is_there_from_the_start_at_zero() -> None:
    reader = Reader()
    assert [shown(reader, name) for name in (INGESTED_RECORDS, INGEST_LAG, DEAD_LETTERS, LOGS_LOST)] == [0, 0, 0, 0]
    assert shown(reader, SKIPPED_RECORDS) is None
    other = Reader(party=Party.API)
    assert (shown(other, SKIPPED_RECORDS), shown(other, DEAD_LETTERS)) == (0, None)


async def test_what_is_written_is_counted_also_when_it_was_put_aside() -> None:
    reader = Reader()
    reader.produce(b"1", b"bad", b"2")
    await reader.turns()
    assert (shown(reader, INGESTED_RECORDS), shown(reader, DEAD_LETTERS)) == (3, 1)
    assert shown(reader, INGEST_PARTITIONS) == FLEET_CONTROL.partitions


async def test_the_lag_is_what_the_log_holds_beyond_what_is_written() -> None:
    reader = Reader()
    reader.restart(log_check_seconds=0)
    reader.produce(b"1", b"2")
    await looked_at_the_log(reader)
    assert shown(reader, INGEST_LAG) == 0
    working, reader.writes.before = reader.writes.before, away
    reader.produce(b"3", b"4", b"5")
    await looked_at_the_log(reader)
    assert shown(reader, INGEST_LAG) == 3
    assert shown(reader, INGESTED_RECORDS) == 2
    reader.writes.before = working
    await looked_at_the_log(reader)
    assert shown(reader, INGEST_LAG) == 0


async def test_ingest_is_stalled_for_as_long_as_the_database_is_away() -> None:
    reader = Reader()
    reader.restart(log_check_seconds=0)
    reader.produce(b"1")
    await looked_at_the_log(reader)
    since = time.monotonic()
    working, reader.writes.before = reader.writes.before, away
    reader.produce(b"2")
    await reader.turns(3)
    at_least = time.monotonic() - since
    assert (shown(reader, INGEST_STALLED) or 0) >= at_least
    reader.writes.before = working
    before = time.monotonic()
    await looked_at_the_log(reader)
    assert (shown(reader, INGEST_STALLED) or 0) <= time.monotonic() - before


async def test_ingest_is_stalled_for_as_long_as_the_broker_is_silent_although_there_is_nothing_to_read() -> None:
    reader = Reader()
    reader.restart(log_check_seconds=0)
    reader.produce(b"1")
    await looked_at_the_log(reader)
    reader.broker.available = False
    await looked_at_the_log(reader)
    since = time.monotonic()
    await looked_at_the_log(reader)
    at_least = time.monotonic() - since
    assert (shown(reader, INGEST_STALLED) or 0) >= at_least
    reader.broker.available = True
    before = time.monotonic()
    await looked_at_the_log(reader)
    assert (shown(reader, INGEST_STALLED) or 0) <= time.monotonic() - before
