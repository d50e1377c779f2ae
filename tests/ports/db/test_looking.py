"""How operations find rows, on a real PostgreSQL: locked ones before they decide, others when all is written."""

import asyncio
from collections.abc import Iterable

import psycopg
import pytest

from sluicegate_kit.db.errors import DataRefused
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Reading, Rows
from sluicegate_kit.db.table import Match, Need, Selection
from tests.ports.db.accounts import ACCOUNTS, ENTRIES, Account, Entry, NoSuchAccount, Withdraw, deposit, running

pytestmark = pytest.mark.anyio


async def test_a_match_finds_committed_rows_and_those_of_the_same_batch(ledger: str) -> None:
    match: Match[Account] = ACCOUNTS.match("state", "used", "balance > 1")

    class Used(Operation[list[str]]):
        def locks(self) -> Iterable[Need]:
            return (match,)

        def decide(self, rows: Rows) -> list[str]:
            return sorted(account.name for account in rows.matching(match))

    async with running(ledger) as writes:
        await writes.submit(deposit("ana", 5))
        await writes.submit(deposit("ben", 1))
        _, used = await asyncio.gather(writes.submit(deposit("eve", 3)), writes.submit(Used()))
    assert used == ["ana", "eve"]


async def test_a_selection_skips_what_another_process_holds(ledger: str) -> None:
    class Rich(Operation[list[str]]):
        def __init__(self) -> None:
            self.rich: Selection[Account] = ACCOUNTS.select("balance > %b", 1, order="balance DESC", limit=2)

        def locks(self) -> Iterable[Need]:
            return (self.rich,)

        def decide(self, rows: Rows) -> list[str]:
            return [account.name for account in rows.selected(self.rich)]

    async with running(ledger) as writes:
        for name, amount in (("ana", 5), ("ben", 9), ("eve", 7), ("poor", 1)):
            await writes.submit(deposit(name, amount))
        assert await writes.submit(Rich()) == ["ben", "eve"]
        with psycopg.connect(ledger) as other:
            other.execute("SELECT 1 FROM accounts WHERE name = 'ben' FOR UPDATE")
            assert await writes.submit(Rich()) == ["eve", "ana"]


class History(Operation[Reading[Entry]]):
    """What was ever put into an account."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self._name = name
        self._error = error

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> Reading[Entry]:
        found = rows.read(ENTRIES.select("name = %b", self._name, order="number", mode="none"))
        if self._error is not None:
            raise self._error
        return found


async def test_a_reading_has_what_was_there_and_what_the_same_batch_wrote(ledger: str) -> None:
    async with running(ledger) as writes:
        await writes.submit(deposit("ana", 5))
        first, *_, others = await asyncio.gather(
            writes.submit(History("ana")),
            writes.submit(deposit("ana", 2)),
            writes.submit(deposit("ben")),
            writes.submit(History("ben")),
        )
    assert first.rows == [Entry("ana", 5), Entry("ana", 7)]
    assert others.rows == [Entry("ben", 1)]


async def test_what_an_operation_that_raised_wanted_to_read_is_left_out(ledger: str) -> None:
    async with running(ledger) as writes:
        results = await asyncio.gather(
            writes.submit(deposit("ana", 5)),
            writes.submit(History("ana", error=NoSuchAccount("eve"))),
            writes.submit(Withdraw("nobody", 1)),
            writes.submit(History("ana")),
            return_exceptions=True,
        )
    assert [type(each) for each in results] == [int, NoSuchAccount, NoSuchAccount, Reading]
    (*_, reading) = results
    assert isinstance(reading, Reading)
    assert reading.rows == [Entry("ana", 5)]


async def test_a_reading_in_a_batch_that_is_split_is_read_with_its_half(ledger: str) -> None:
    async with running(ledger) as writes:
        await writes.submit(deposit("poor"))
        withdrawal = writes.enqueue(Withdraw("poor", 2))
        reading = await writes.submit(History("poor"))
        with pytest.raises(DataRefused):
            await withdrawal
    assert reading.rows == [Entry("poor", 1)]


async def test_nothing_is_locked_after_the_decision(ledger: str) -> None:
    class Late(Operation[None]):
        def locks(self) -> Iterable[Need]:
            return ()

        def decide(self, rows: Rows) -> None:
            rows.read(ENTRIES.select("true", mode="update"))

    async with running(ledger) as writes:
        with pytest.raises(ValueError, match="before anything is decided"):
            await writes.submit(Late())
