"""The counts that the database keeps of its own rows."""

from collections.abc import AsyncIterator
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from sluicegate_api.operations.fold_tallies import FOLD
from sluicegate_api.reads.tallies import Tallies, TallyReads
from sluicegate_kit.metrics import AGENT_JOBS_DURATION
from sluicegate_kit.migrate import run_migrations, sqlalchemy_url
from sluicegate_schemas.job_lifecycle import Status

pytestmark = pytest.mark.anyio
Connection = psycopg.Connection[tuple[object, ...]]
NOTHING = [0] * (len(AGENT_JOBS_DURATION.buckets) + 1)


@pytest.fixture
async def reads(api_database: str) -> AsyncIterator[TallyReads]:
    engine = create_async_engine(sqlalchemy_url(api_database), isolation_level="AUTOCOMMIT")
    yield TallyReads(engine)
    await engine.dispose()


def job(connection: Connection, job_id: str, status: str, *, ms: float = 0, job_type: str = "a", run: int = 1) -> None:
    """The row as a projection leaves it."""
    connection.execute(
        "INSERT INTO jobs VALUES (%s, %s, %s, %s, 1, 1, 0, %s, now(), now(), NULL, 0) ON CONFLICT (job_id) DO UPDATE "
        "SET status = excluded.status, run = excluded.run, running_ms = excluded.running_ms",
        [job_id, job_type, status, run, ms],
    )


def decision(connection: Connection, name: str) -> None:
    connection.execute(
        "INSERT INTO job_decisions SELECT md5(%s)::uuid, md5(%s)::uuid, 'j', 1, 'approved', '[]', NULL, false, now() "
        "ON CONFLICT DO NOTHING",
        [name, name],
    )


def answer(connection: Connection, name: str) -> None:
    connection.execute(
        "INSERT INTO job_decision_answers VALUES (md5(%s)::uuid, 'j', 'applied', NULL, now()) ON CONFLICT DO NOTHING",
        [name],
    )


def ask(connection: Connection, name: str, kind: LiteralString = "approval") -> None:
    connection.execute(
        "INSERT INTO job_checkpoints VALUES (md5(%s)::uuid, 'j', 1, 'a', 'k', 1, %s, 't', NULL, 'low', 'd', 'ana', "
        "'1', now()) ON CONFLICT DO NOTHING",
        [name, kind],
    )


async def both(reads: TallyReads, connection: Connection) -> Tallies:
    """The numbers; they are the same before and after they are folded in."""
    before = await reads.totals()
    connection.execute(FOLD)
    assert await reads.totals() == before
    left = connection.execute("SELECT (SELECT count(*) FROM tally_changes), (SELECT count(*) FROM tally_decisions)")
    assert left.fetchone() == (0, 0)
    return before


async def test_every_change_of_a_job_moves_it_from_one_count_to_the_other(reads: TallyReads, api_database: str) -> None:
    with psycopg.connect(api_database, autocommit=True) as connection:
        for job_id in "abc":
            job(connection, job_id, "queued")
        job(connection, "d", "queued", job_type="other")
        job(connection, "a", "running")
        job(connection, "b", "running")
        job(connection, "b", "failed", ms=70)
        found = await both(reads, connection)
        assert found.jobs == {"queued": 2, "running": 1, "failed": 1}
        assert await reads.jobs() == {
            "a": {Status.QUEUED: 1, Status.RUNNING: 1, Status.FAILED: 1},
            "other": {Status.QUEUED: 1},
        }
        connection.execute("DELETE FROM jobs WHERE job_id = 'b'")
        assert (await both(reads, connection)).jobs == {"queued": 2, "running": 1}


async def test_a_run_is_observed_once_when_it_ends_and_stays_observed_when_the_next_one_begins(
    reads: TallyReads, api_database: str
) -> None:
    with psycopg.connect(api_database, autocommit=True) as connection:
        job(connection, "a", "failed", ms=2000)
        job(connection, "a", "failed", ms=2000)
        job(connection, "a", "queued", run=2)
        found = await both(reads, connection)
        assert (found.durations[-1], found.duration_seconds) == (1, 2.0)
        job(connection, "a", "succeeded", run=2, ms=500)
        found = await both(reads, connection)
        assert (found.durations[-1], found.duration_seconds) == (2, 2.5)
        job(connection, "a", "succeeded", run=3, ms=1)
        assert (await both(reads, connection)).durations[-1] == 3


async def test_the_buckets_are_those_of_the_metric(api_database: str) -> None:
    with psycopg.connect(api_database) as connection:
        for place, bound in enumerate(AGENT_JOBS_DURATION.buckets):
            buckets = connection.execute(
                "SELECT run_bucket(%s), run_bucket(%s)", [bound * 1000.0, bound * 1000.0 + 0.001]
            )
            assert buckets.fetchone() == (str(place), str(place + 1))


async def test_a_decision_counts_with_its_answer_whichever_is_seen_first(reads: TallyReads, api_database: str) -> None:
    with (
        psycopg.connect(api_database, autocommit=True) as connection,
        psycopg.connect(api_database) as one,
        psycopg.connect(api_database) as other,
    ):
        for name in ("first", "second", "open"):
            ask(connection, name)
        ask(connection, "note", "info")
        ask(connection, "note", "info")
        assert (await both(reads, connection)).checkpoints == {"pending": 3, "recorded": 1}
        decision(one, "first")
        answer(other, "first")  # neither transaction sees the other's half
        answer(one, "second")
        one.commit()
        assert (await both(reads, connection)).checkpoints == {"pending": 3, "recorded": 1}
        other.commit()
        assert (await both(reads, connection)).checkpoints == {"approved": 1, "pending": 2, "recorded": 1}
        for _ in range(2):
            decision(connection, "second")
            answer(connection, "second")
            decision(connection, "first")
        assert (await both(reads, connection)).checkpoints == {"approved": 2, "pending": 1, "recorded": 1}
        decision(connection, "unseen")
        answer(connection, "unseen")
        ask(connection, "unseen")
        assert (await both(reads, connection)).checkpoints == {"approved": 3, "pending": 1, "recorded": 1}


async def test_what_is_rolled_back_is_not_counted(reads: TallyReads, api_database: str) -> None:
    with psycopg.connect(api_database) as connection:
        job(connection, "a", "queued")
        ask(connection, "first")
        connection.rollback()
    assert await reads.totals() == Tallies({}, NOTHING, 0, {"pending": 0, "recorded": 0})


async def test_replicas_that_fold_at_once_count_nothing_twice(reads: TallyReads, api_database: str) -> None:
    with psycopg.connect(api_database, autocommit=True) as connection, psycopg.connect(api_database) as one:
        for number in range(20):
            job(connection, str(number), "queued")
        one.execute(FOLD)
        job(connection, "late", "queued")
        one.commit()
        connection.execute(FOLD)
        assert (await both(reads, connection)).jobs == {"queued": 21}


async def test_a_database_that_was_in_use_before_is_counted_once(empty_database: str) -> None:
    run_migrations("sluicegate_api", empty_database, to="0001")
    with psycopg.connect(empty_database, autocommit=True) as connection:
        job(connection, "a", "failed", ms=2000)
        job(connection, "b", "waiting")
        ask(connection, "first")
        ask(connection, "second")
        decision(connection, "first")
        answer(connection, "first")
        connection.execute(
            "INSERT INTO dead_letters VALUES (%s, 't', 0, 0, NULL, '', '[]', 'c', 'r', '2026-01-31T12:00Z', now(), 0)",
            [uuid4()],
        )
    run_migrations("sluicegate_api", empty_database)
    engine = create_async_engine(sqlalchemy_url(empty_database), isolation_level="AUTOCOMMIT")
    found = await TallyReads(engine).totals()
    await engine.dispose()
    assert found.jobs == {"failed": 1, "waiting": 1}
    assert (found.durations[-1], found.duration_seconds) == (1, 2.0)
    assert found.checkpoints == {"approved": 1, "pending": 1, "recorded": 0}
    with psycopg.connect(empty_database) as connection:
        repeats = connection.execute("SELECT times, last_at = at, job_id FROM dead_letters").fetchone()
    assert repeats == (1, True, None)
