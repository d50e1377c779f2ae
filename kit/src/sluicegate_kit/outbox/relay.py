"""Publishes what a transaction left in the outbox, right after its commit, and deletes what the broker has."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Emitted, Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.db.write_loop import WriteLoop
from sluicegate_kit.kafka.ports import Producer, RecordTooLarge
from sluicegate_schemas.envelope import Message

log = structlog.get_logger(__name__)

IDLE_DELETE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class DeleteSent(Operation[None]):
    """The broker has these; nobody needs the rows any more."""

    ids: tuple[UUID, ...]

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.execute(
            "DELETE FROM outbox WHERE id IN "
            "(SELECT id FROM outbox WHERE id = ANY(%b::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED)",
            list(self.ids),
        )


@dataclass(frozen=True, slots=True)
class Shelve(Operation[None]):
    """No broker will take these: the rows stay as the evidence, and are not sent again."""

    ids: tuple[UUID, ...]

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.execute("UPDATE outbox SET claimed_until = 'infinity' WHERE id = ANY(%b::uuid[])", list(self.ids))


class Relay:
    """The write loop's publisher, and a rider: deletions travel with the next batch, or after 0.1 s on their own."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._sent: list[UUID] = []
        self._in_batch: list[tuple[UUID, ...]] = []
        self._too_large: list[UUID] = []
        self._something = asyncio.Event()

    def publish(self, events: Sequence[Emitted]) -> None:
        """Hand the events to the producer in one burst. What fails stays in the outbox for the sweeper."""
        unanswered = {event.message.id for event in events if event.answer_key is not None}

        def delivered(sent: Message, error: Exception | None) -> None:
            if error is None:
                if sent.id not in unanswered:
                    self._sent.append(sent.id)
                    self._something.set()
            elif isinstance(error, RecordTooLarge):
                log.error("event too large for its topic, kept in the outbox", topic=sent.topic, event_id=str(sent.id))
                self._too_large.append(sent.id)
                self._something.set()
            else:
                log.warning("event not published, the sweeper will", topic=sent.topic, error=str(error))

        self._producer.send([event.message for event in events], delivered)

    def board(self, aboard: int) -> DeleteSent | None:
        """What the broker has by now."""
        if not self._sent:
            return None
        crash_point("relay.before_delete")
        ids = tuple(self._sent)
        self._sent.clear()
        self._in_batch.append(ids)
        return DeleteSent(ids)

    def landed(self, result: None) -> None:
        """The rows are gone."""
        self._in_batch.pop(0)

    def missed(self, error: BaseException) -> None:
        """Try them with a later batch."""
        self._sent.extend(self._in_batch.pop(0))

    async def run(self, writes: WriteLoop) -> None:
        """See to it that rows are deleted also when no other write comes along. Ends by cancellation."""
        while True:
            await self._something.wait()
            await asyncio.sleep(IDLE_DELETE_SECONDS)
            self._something.clear()
            if self._sent:
                writes.nudge()
            if self._too_large:
                ids, self._too_large = tuple(self._too_large), []
                await writes.submit(Shelve(ids))
