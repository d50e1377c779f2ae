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
from sluicegate_kit.kafka.sizes import BATCH_OVERHEAD_BYTES, header_bytes, record_bytes
from sluicegate_schemas.envelope import Headers, Message
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_schemas.topics import DEAD_LETTER

REASON_CHARACTERS = 1_000

# What a record that doesn't fit keeps, as parts of `most_bytes`. They depend on nothing else, so that an event that is
# sent again is cut at the same places, and is found to be the same. The rest is for where it stood and why it is here.
VALUE_PART = 7 / 8
KEY_PART = 1 / 32
"""A third more as base64."""
HEADERS_PART = 1 / 32


@dataclass(frozen=True, slots=True)
class DeadLetter(Operation[None]):
    """Sends the record's raw bytes to the dead letters, as many as a record of `most_bytes` can carry."""

    record: Record
    code: str
    reason: str
    most_bytes: int = RECORD_BYTES
    id: UUID = field(default_factory=new_id)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return min(len(self.record.value or b""), self.most_bytes)

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.emit(dead_letter(self.record, self.code, self.reason, self.id, rows.now, most_bytes=self.most_bytes))


def dead_letter(
    record: Record, code: str, reason: str, message_id: UUID, at: datetime, *, most_bytes: int = RECORD_BYTES
) -> Message:
    """The record as the `dead-letter` topic carries it: no key, raw value, its origin and its headers in headers.

    One that is too large to be carried whole is cut, and `dl_value_bytes` says how long its value was. A record may be
    larger than any that is taken here: topics measure what is compressed, and a letter has headers of its own.
    """
    why = (
        ("dl_code", code.encode()),
        ("dl_reason", reason[:REASON_CHARACTERS].encode("utf-8", "replace")),
        ("dl_at", at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()),
    )
    whole = _letter(record, why, message_id)
    if record_bytes(whole) + BATCH_OVERHEAD_BYTES <= most_bytes:
        return whole
    said = ("dl_value_bytes", str(len(record.value or b"")).encode())
    return _letter(_cut(record, most_bytes), (*why, said), message_id)


def _letter(record: Record, why: Headers, message_id: UUID) -> Message:
    key = () if record.key is None else (("dl_key", b64encode(record.key)),)
    headers = (
        ("dl_topic", record.topic.encode()),
        ("dl_partition", str(record.partition).encode()),
        ("dl_offset", str(record.offset).encode()),
        *key,
        *why,
        *((_original(name), value) for name, value in record.headers),
    )
    return Message(DEAD_LETTER.name, None, record.value or b"", headers, message_id)


def _cut(record: Record, most_bytes: int) -> Record:
    """The heads of value and key, and the headers that fit, those before others first."""
    headers, room = [], int(most_bytes * HEADERS_PART)
    for name, value in record.headers:
        size = header_bytes(_original(name), value)
        if size <= room:
            headers.append((name, value))
            room -= size
    return record._replace(
        key=None if record.key is None else record.key[: int(most_bytes * KEY_PART)],
        value=_head(record.value or b"", int(most_bytes * VALUE_PART)),
        headers=tuple(headers),
    )


def _head(value: bytes, most: int) -> bytes:
    """At most so many of the first bytes; of UTF-8, whole characters."""
    end = min(most, len(value))
    for before in range(end, max(end - 4, 0), -1):
        if before == len(value) or value[before] & 0xC0 != 0x80:
            return value[:before]
    return value[:end]


def _original(name: str) -> str:
    return f"orig_{name}"
