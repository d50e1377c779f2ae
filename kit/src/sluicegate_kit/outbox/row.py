"""One event to publish. The row is also the wait for the answer: there is no other record of what is unanswered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import orjson

from sluicegate_kit.db.rows import Emitted
from sluicegate_kit.db.table import Table
from sluicegate_schemas.envelope import Message


class OutboxRow(NamedTuple):
    """One row of `outbox`."""

    id: UUID
    topic: str
    key: str | None
    value: bytes
    headers: str
    """JSON: a list of [name, value]; the bytes of a value as Latin-1."""
    answer_key: str | None
    """Without one the row goes when the broker has the event; with one it stays until that answer is in."""
    sends: int
    """How often the sweeper has sent it; the first publication does not count."""
    claimed_until: datetime
    """Whoever published it last has until then; afterwards the sweeper sends it again."""


OUTBOX = Table("outbox", OutboxRow, key="id")
EMITTED = Table("outbox", OutboxRow, key="id", insert_only=True)
"""The same table, for what a transaction adds: run again after its commit was lost, it may find its event there."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before an event is sent again."""

    claim_seconds: float = 30
    """For the broker's acknowledgement; longer than the producer's `delivery.timeout.ms`."""
    answer_first_seconds: float = 30
    answer_max_seconds: float = 3600

    def first(self, now: datetime, answer_key: str | None) -> datetime:
        """Until when the first publication has time."""
        return now + timedelta(seconds=self.claim_seconds if answer_key is None else self.answer_first_seconds)

    def again(self, row: OutboxRow, now: datetime, luck: float) -> OutboxRow:
        """The row as it is sent once more; `luck` in [0, 1) spreads the waits over ±20 %."""
        if row.answer_key is None:
            return row._replace(sends=row.sends + 1, claimed_until=now + timedelta(seconds=self.claim_seconds))
        wait = min(self.answer_first_seconds * 2.0 ** min(row.sends + 1, 30), self.answer_max_seconds)
        return row._replace(sends=row.sends + 1, claimed_until=now + timedelta(seconds=wait * (0.8 + 0.4 * luck)))


def outbox_row(emitted: Emitted, now: datetime, patience: Patience) -> OutboxRow:
    """The row for an event that an operation emitted."""
    message = emitted.message
    headers = orjson.dumps([[name, text.decode("latin-1")] for name, text in message.headers]).decode()
    until = patience.first(now, emitted.answer_key)
    return OutboxRow(message.id, message.topic, message.key, message.value, headers, emitted.answer_key, 0, until)


def message(row: OutboxRow) -> Message:
    """The event as it was emitted, byte for byte."""
    headers = tuple((name, text.encode("latin-1")) for name, text in orjson.loads(row.headers))
    return Message(row.topic, row.key, row.value, headers, row.id)
