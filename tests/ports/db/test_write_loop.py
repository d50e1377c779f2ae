"""The write loop on a real PostgreSQL."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg
import pytest

from sluicegate_kit.db.errors import DatabaseUnavailable, DataRefused, NotLocked, WritesStopped
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.outbox.row import OUTBOX, Patience, message
from tests.ports.db.accounts import (
    ACCOUNTS,
    TABLES,
    Account,
    Answer,
    Audit,
    NoSuchAccount,
    Published,
    Withdraw,
    deposit,
    query,
    running,
)
from tests.ports.db.cutting_proxy import CuttingProxy

pytestmark = pytest.mark.anyio


@dataclass
class Groups:
    sizes: list[int] = field(default_factory=list)


def wait_for_lock_timeouts(url: str, count: int) -> None:
    """Returns when so many transactions of this database have been rolled back."""
    statement = (
        "SELECT pg_stat_clear_snapshot(), xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    )
    deadline = time.monotonic() + 20
    while query(url, statement)[0][1] < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_operations_that_queue_run_as_one_transaction_and_see_each_other(ledger: str) -> None:
    sizes: list[int] = []
    async with running(ledger, observe_group=sizes.append) as writes:
        balances = await asyncio.gather(*(writes.submit(deposit("ana")) for _ in range(300)))
    assert balances == list(range(1, 301))
    assert len(sizes) <= 3
    assert query(ledger, "SELECT balance, state FROM accounts") == [(300, "used")]
    assert query(ledger, "SELECT count(*) FROM entries") == [(300,)]


async def test_every_column_type_comes_back_as_it_went(ledger: str) -> None:
    seen: list[Account | None] = []

    class Look(Operation[None]):
        def locks(self) -> Iterable[Need]:
            return (ACCOUNTS.lock("ana"),)

        def decide(self, rows: Rows) -> None:
            seen.append(rows.get(ACCOUNTS, "ana"))

    async with running(ledger) as writes:
        made = deposit("ana", 7)
        await writes.submit(made)
        await writes.submit(Look())
    (account,) = seen
    assert account is not None
    assert (account.owner, account.balance, account.last_transfer, account.rate) == (None, 7, made.id, 0.5)
    assert (account.locked, account.seal) == (False, b"\x00\xff")
    assert account.changed_at is not None
    assert account.changed_at.tzinfo is not None


async def test_one_operation_with_refused_data_among_300_fails_alone(ledger: str) -> None:
    published = Published()
    async with running(ledger, published) as writes:
        await writes.submit(deposit("poor"))
        operations: list[Operation[int]] = [deposit(f"account-{number}") for number in range(300)]
        operations[137] = Withdraw("poor", 2)
        results = await asyncio.gather(*map(writes.submit, operations), return_exceptions=True)
    refused = results.pop(137)
    assert isinstance(refused, DataRefused)
    assert refused.sqlstate == "23514"
    assert results == [1] * 299
    assert query(ledger, "SELECT count(*) FROM accounts") == [(300,)]
    assert {event.message.topic for event in published.events} == {"deposits"}


async def test_an_operation_that_raises_leaves_nothing_and_harms_nobody(ledger: str) -> None:
    published = Published()
    async with running(ledger, published) as writes:
        results = await asyncio.gather(
            writes.submit(deposit("ana")),
            writes.submit(Withdraw("nobody", 1)),
            writes.submit(deposit("ana")),
            return_exceptions=True,
        )
    assert results[0] == 1
    assert isinstance(results[1], NoSuchAccount)
    assert results[2] == 2
    assert [event.message.topic for event in published.events] == ["deposits", "deposits"]
    assert query(ledger, "SELECT count(*) FROM outbox") == [(2,)]


async def test_two_processes_that_insert_the_same_row_agree(ledger: str) -> None:
    async with running(ledger) as one, running(ledger) as two:
        names = [f"account-{number}" for number in range(50)]
        await asyncio.gather(*(writes.submit(deposit(name)) for name in names for writes in (one, two, one, two)))
    assert query(ledger, "SELECT DISTINCT balance FROM accounts") == [(4,)]
    assert query(ledger, "SELECT count(*) FROM accounts") == [(50,)]


async def test_a_connection_lost_at_commit_is_rerun_and_counts_once(ledger: str) -> None:
    async with CuttingProxy.to(ledger) as proxy, running(proxy.url) as writes:
        await writes.submit(deposit("ana"))
        proxy.withhold(b"COMMIT\0")
        assert await writes.submit(deposit("ana")) == 2
        assert proxy.cuts == 1
    assert query(ledger, "SELECT balance FROM accounts") == [(2,)]


async def test_a_connection_that_the_server_ends_is_replaced(ledger: str) -> None:
    async with running(ledger) as writes:
        await writes.submit(deposit("ana"))
        query(ledger, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ledger'")
        assert await writes.submit(deposit("ana")) == 2


async def test_a_database_that_is_away_is_named_after_a_while(ledger: str) -> None:
    async with CuttingProxy.to(ledger) as proxy, running(proxy.url, unavailable_after_seconds=0.2) as writes:
        await writes.submit(deposit("ana"))
        proxy.refuse = True
        proxy.cut()
        with pytest.raises(DatabaseUnavailable):
            await writes.submit(deposit("ana"))
        proxy.refuse = False
        assert await writes.submit(deposit("ana")) == 2


async def test_a_row_that_somebody_else_holds_is_waited_for_and_then_tried_again(ledger: str) -> None:
    async with running(ledger, lock_timeout_seconds=0.1) as writes:
        await writes.submit(deposit("ana"))
        with psycopg.connect(ledger) as other:
            other.execute("UPDATE accounts SET balance = balance + 10 WHERE name = 'ana'")
            submitted = asyncio.create_task(writes.submit(deposit("ana")))
            await asyncio.to_thread(wait_for_lock_timeouts, ledger, 2)
            other.commit()
        assert await submitted == 12


async def test_an_answer_ends_the_wait_also_in_the_same_batch(ledger: str) -> None:
    async with running(ledger) as writes:
        await writes.submit(deposit("ana", 10))
        await writes.submit(Withdraw("ana", 1))
        assert query(ledger, "SELECT count(*) FROM outbox WHERE answer_key IS NOT NULL") == [(1,)]
        await writes.submit(Answer("withdrawal:ana"))
        assert query(ledger, "SELECT count(*) FROM outbox WHERE answer_key IS NOT NULL") == [(0,)]
        await asyncio.gather(writes.submit(Withdraw("ana", 1)), writes.submit(Answer("withdrawal:ana")))
        assert query(ledger, "SELECT count(*) FROM outbox WHERE answer_key IS NOT NULL") == [(0,)]


async def test_headers_and_values_are_published_and_kept_byte_for_byte(ledger: str) -> None:
    published = Published()
    async with running(ledger, published) as writes:
        await writes.submit(deposit("ana", 5))
    (event,) = published.events
    (row,) = query(ledger, f"SELECT {', '.join(OUTBOX.columns)} FROM outbox")
    for sent in (event.message, message(OUTBOX.read(row))):
        assert (sent.topic, sent.key, sent.value, sent.headers) == ("deposits", "ana", b"5", (("raw", b"\xff\x00"),))


async def test_a_rider_adds_its_operation_to_the_same_transaction(ledger: str) -> None:
    sizes: list[int] = []

    class Passenger:
        def __init__(self) -> None:
            self.seen: list[list[str]] = []

        def board(self, aboard: int) -> Audit | None:
            return Audit() if aboard else None

        def landed(self, result: list[str]) -> None:
            self.seen.append(result)

        def missed(self, error: BaseException) -> None:
            raise AssertionError(error)

    passenger = Passenger()
    async with running(ledger, observe_group=sizes.append) as writes:
        writes.ride(passenger)
        await writes.submit(deposit("ana"))
    assert passenger.seen[0] == ["ana"]
    assert sizes[0] == 2


async def test_a_rider_sees_all_that_a_split_batch_commits(ledger: str) -> None:
    told: list[str] = []

    class Passenger:
        def board(self, aboard: int) -> Audit | None:
            return Audit() if aboard else None

        def landed(self, result: list[str]) -> None:
            told.extend(result)

        def missed(self, error: BaseException) -> None:
            """Boards again, with what is tried next."""

    async with running(ledger) as writes:
        await writes.submit(deposit("poor"))
        writes.ride(Passenger())
        names = [f"account-{number}" for number in range(8)]
        operations: list[Operation[int]] = [Withdraw("poor", 2), *map(deposit, names)]
        await asyncio.gather(*map(writes.submit, operations), return_exceptions=True)
    assert sorted(told) == names


async def test_a_row_that_was_not_named_is_a_bug_that_is_told(ledger: str) -> None:
    class Sloppy(Operation[None]):
        def locks(self) -> Iterable[Need]:
            return (ACCOUNTS.lock("ana"),)

        def decide(self, rows: Rows) -> None:
            rows.get(ACCOUNTS, "ben")

    async with running(ledger) as writes:
        with pytest.raises(NotLocked, match="ben"):
            await writes.submit(Sloppy())


async def test_rows_that_change_in_different_columns_are_written_in_one_batch(ledger: str) -> None:
    class Name(Operation[None]):
        def locks(self) -> Iterable[Need]:
            return (ACCOUNTS.lock("ben"),)

        def decide(self, rows: Rows) -> None:
            account = rows.get(ACCOUNTS, "ben")
            assert account is not None
            rows.put(ACCOUNTS, account._replace(owner="Ben"))

    async with running(ledger) as writes:
        for name in ("ana", "ben"):
            await writes.submit(deposit(name))
        await asyncio.gather(writes.submit(Withdraw("ana", 1)), writes.submit(Name()))
        await writes.submit(Name())
    assert query(ledger, "SELECT name, owner, balance FROM accounts ORDER BY name") == [
        ("ana", None, 0),
        ("ben", "Ben", 1),
    ]


async def test_after_stop_what_was_queued_is_committed_and_nothing_more_is_taken(ledger: str) -> None:
    writes = WriteLoop(ledger, TABLES, publisher=Published(), patience=Patience(), name="ledger")
    task = asyncio.create_task(writes.run())
    queued = writes.enqueue(deposit("ana"))
    writes.stop()
    with pytest.raises(WritesStopped):
        await writes.submit(deposit("ana"))
    await task
    assert await queued == 1
