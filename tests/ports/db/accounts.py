"""A little ledger, to try the write loop on: accounts that must not go below zero, and a timeline of what happened."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Need, Table
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.outbox.row import Patience
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id

DDL = """
CREATE TABLE accounts (
    name text PRIMARY KEY, owner text, balance int8 NOT NULL CHECK (balance >= 0), state text NOT NULL,
    last_transfer uuid, changed_at timestamptz, rate float8 NOT NULL, locked bool NOT NULL, seal bytea
);
CREATE TABLE entries (name text, number int8, PRIMARY KEY (name, number))
"""


class State(StrEnum):
    NEW = "new"
    USED = "used"


class Account(NamedTuple):
    name: str
    owner: str | None
    balance: int
    state: State
    last_transfer: UUID | None
    changed_at: datetime | None
    rate: float
    locked: bool
    seal: bytes | None


class Entry(NamedTuple):
    name: str
    number: int


ACCOUNTS = Table("accounts", Account, key="name")
ENTRIES = Table("entries", Entry, key=("name", "number"), insert_only=True)
TABLES = (ACCOUNTS, ENTRIES)


class NoSuchAccount(Exception):
    """The account was never opened."""


@dataclass(frozen=True, slots=True)
class Deposit(Operation[int]):
    """Opens the account if need be; gives the new balance. `id` tells a rerun that this deposit is in already."""

    name: str
    amount: int
    id: UUID

    def locks(self) -> Iterable[Need]:
        return (ACCOUNTS.lock(self.name),)

    def decide(self, rows: Rows) -> int:
        account = rows.get(ACCOUNTS, self.name)
        if account is None:
            account = Account(self.name, None, 0, State.NEW, None, None, 0.5, False, None)
        elif account.last_transfer == self.id:
            return account.balance
        account = account._replace(
            balance=account.balance + self.amount,
            state=State.USED,
            last_transfer=self.id,
            changed_at=rows.now,
            seal=b"\x00\xff",
        )
        rows.put(ACCOUNTS, account)
        rows.put(ENTRIES, Entry(self.name, account.balance))
        rows.emit(Message("deposits", self.name, b"%d" % self.amount, (("raw", b"\xff\x00"),)))
        return account.balance


@dataclass(frozen=True, slots=True)
class Withdraw(Operation[int]):
    """Refuses by itself when nobody has the account; the table's CHECK refuses an overdraft."""

    name: str
    amount: int

    def locks(self) -> Iterable[Need]:
        return (ACCOUNTS.lock(self.name),)

    def decide(self, rows: Rows) -> int:
        account = rows.get(ACCOUNTS, self.name)
        rows.emit(Message("withdrawals", self.name, b""), answer_key=f"withdrawal:{self.name}")
        if account is None:
            raise NoSuchAccount(self.name)
        rows.put(ACCOUNTS, account._replace(balance=account.balance - self.amount))
        return account.balance - self.amount


@dataclass(frozen=True, slots=True)
class Audit(Operation[list[str]]):
    """The names of the rich, by a selection."""

    limit: int = 100

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> list[str]:
        return sorted(account.name for account in rows.every(ACCOUNTS))


@dataclass(frozen=True, slots=True)
class Answer(Operation[None]):
    key: str

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.answered(self.key)


def deposit(name: str, amount: int = 1) -> Deposit:
    return Deposit(name, amount, new_id())


class Published:
    """A publisher that only remembers."""

    def __init__(self) -> None:
        self.events: list[Emitted] = []

    def publish(self, events: Sequence[Emitted]) -> None:
        self.events.extend(events)


@asynccontextmanager
async def running(url: str, published: Published | None = None, **options: Any) -> AsyncIterator[WriteLoop]:
    writes = WriteLoop(url, TABLES, publisher=published or Published(), patience=Patience(), name="ledger", **options)
    task = asyncio.create_task(writes.run())
    yield writes
    writes.stop()
    await task


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()
