"""What is due is found by an index: rows that wait for later, and there may be a million of them, cost nothing."""

from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from sluicegate_api.domain.silence import Silence
from sluicegate_api.operations.ask_reports import LookForSilence
from sluicegate_api.operations.forget_keys import ForgetKeys
from sluicegate_checkpoint_svc.operations.expire import ExpireDue
from sluicegate_checkpoint_svc.operations.news import ForgetNews
from sluicegate_checkpoint_svc.operations.sign_in import ForgetSignIns
from sluicegate_kit.db.connection import SETTINGS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.table import Selection
from sluicegate_kit.migrate import sqlalchemy_url
from sluicegate_kit.outbox.row import Patience
from sluicegate_kit.outbox.sweeper import ClaimDue
from sluicegate_worker.loops.stager import Stager
from sluicegate_worker.operations.stage import StageDue
from sluicegate_worker.reads import Reads
from tests.support.memory_writes import MemoryWrites

LATER = 2_000
"""Rows whose time has not come."""

OUTBOX = """
INSERT INTO outbox
SELECT gen_random_uuid(), 't', 'k', '', '[]', 'checkpoint:' || i, 1, now() + interval '1 hour'
FROM generate_series(1, %s) i
"""
RUNS = """
INSERT INTO runs (job_id, run, job_type, status, priority, attempt, max_attempts, request_digest, upstream, ready_at,
                  seq, control_seq, lease_no, announced, owes_request, running_ms, attempt_ms, due_at)
SELECT i, 1, 't', 'queued', 5, 1, 3, '', false, now(), 1, 0, 0, true, false, 0, 0, now() + interval '1 hour'
FROM generate_series(1, %s) i
"""
REPLICA = "INSERT INTO replicas VALUES (%s, 'w1', '{t}', now() + interval '1 hour')"
JOBS = """
INSERT INTO jobs SELECT i, 't', 'waiting', 1, 1, 1, 0, 0, now(), now(), now() + interval '1 hour', 0
FROM generate_series(1, %s) i
"""
KEYS = "INSERT INTO idempotency_keys SELECT 'ana', i, '', i, now() FROM generate_series(1, %s) i"
CHECKPOINTS = """
INSERT INTO checkpoints (checkpoint_id, job_id, run, job_type, key, ask, kind, title, risk, payload_digest,
                         allowed_decisions, requested_by, handler_version, recorded_at, expires_at, state, version)
SELECT gen_random_uuid(), i, 1, 't', 'k', 1, 'approval', '', 'low', '', '[]', 'ana', '1', now(),
       now() + interval '1 hour', 'pending', 1
FROM generate_series(1, %s) i
"""
NEWS = "INSERT INTO news SELECT gen_random_uuid(), now(), '[]' FROM generate_series(1, %s) i"
LINKS = "INSERT INTO login_links SELECT i, 'ana', 'ben', now() + interval '1 hour' FROM generate_series(1, %s) i"
SESSIONS = """
INSERT INTO sessions SELECT gen_random_uuid(), 'ana', NULL, now(), now() + interval '1 hour'
FROM generate_series(1, %s) i
"""


def test_of_the_outbox(worker_database: str) -> None:
    assert looked_at_in_vain(worker_database, [OUTBOX], ClaimDue.of(Patience(), 200)) == 0


def test_of_delayed_runs(worker_database: str) -> None:
    assert looked_at_in_vain(worker_database, [RUNS], StageDue()) == 0


def test_of_silent_jobs(api_database: str) -> None:
    assert looked_at_in_vain(api_database, [JOBS], LookForSilence.of(Silence(), 200)) == 0


def test_of_idempotency_keys(api_database: str) -> None:
    assert looked_at_in_vain(api_database, [KEYS], ForgetKeys.of(500)) == 0


def test_of_deadlines(checkpoint_database: str) -> None:
    due = ExpireDue.of(cast(Any, None))
    assert looked_at_in_vain(checkpoint_database, [CHECKPOINTS], due) == 0


@pytest.mark.parametrize("forget", [ForgetNews.of(500), ForgetSignIns.of(500)], ids=["news", "sign-ins"])
def test_of_what_is_forgotten(checkpoint_database: str, forget: Operation[int]) -> None:
    assert looked_at_in_vain(checkpoint_database, [NEWS, LINKS, SESSIONS], forget) == 0


@pytest.mark.anyio
async def test_of_runs_that_nobody_handled(worker_database: str) -> None:
    with psycopg.connect(worker_database) as connection:
        connection.execute(RUNS.encode(), [LATER])
        connection.execute(REPLICA.encode(), [uuid4()])
    engine = create_async_engine(sqlalchemy_url(worker_database))
    writes = MemoryWrites()  # a query there would be an error: the write loop is not asked for what isn't there
    await Stager(writes, Reads(engine), unhandled_type_seconds=1).sort_out()
    await engine.dispose()


def looked_at_in_vain(url: str, filling: Sequence[str], operation: Operation[Any]) -> int:
    """Rows that the operation's selections read and drop, on a table in which nothing is due."""
    with psycopg.connect(url) as connection:
        for statement in filling:
            connection.execute(statement.encode(), [LATER])
        for name, to in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, true)", [name, to])
        selections = [need for need in operation.locks() if isinstance(need, Selection)]
        assert selections
        return sum(node.get("Rows Removed by Filter", 0) for each in selections for node in _plan(connection, each))


def _plan(connection: psycopg.Connection[Any], selection: Selection[Any]) -> Iterator[dict[str, Any]]:
    question = selection.table.select_sql(selection.where, selection.order, selection.limit, selection.mode)
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {question}"
    found = connection.execute(explain.encode(), selection.params).fetchone()
    assert found is not None
    left = [found[0][0]["Plan"]]
    while left:
        node = left.pop()
        yield node
        left += node.get("Plans", ())
