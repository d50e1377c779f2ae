"""Keeps a record that can't be handled, with the reason, so that its partition goes on."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.topics import DEAD_LETTER

REASON_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class DeadLetter(Operation[None]):
    """Sends the record's raw bytes to the dead letters."""

    record: Record
    code: str
    reason: str
    id: UUID = field(default_factory=new_id)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.record.value or b"")

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.emit(dead_letter(self.record, self.code, self.reason, self.id, rows.now))


def dead_letter(record: Record, code: str, reason: str, message_id: UUID, at: datetime) -> Message:
    """The record as the `dead-letter` topic carries it: no key, raw value, its origin and its headers in headers."""
    key = () if record.key is None else (("dl_key", b64encode(record.key)),)
    headers = (
        ("dl_topic", record.topic.encode()),
        ("dl_partition", str(record.partition).encode()),
        ("dl_offset", str(record.offset).encode()),
        *key,
        ("dl_code", code.encode()),
        ("dl_reason", reason[:REASON_CHARACTERS].encode("utf-8", "replace")),
        ("dl_at", at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()),
        *((f"orig_{name}", value) for name, value in record.headers),
    )
    return Message(DEAD_LETTER.name, None, record.value or b"", headers, message_id)
