"""Records that nobody could handle, and how each is sent again."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from sluicegate_api.domain.errors import RecordNotWhole, ResentByOwner
from sluicegate_schemas import mac
from sluicegate_schemas.envelope import Message
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_schemas.job_control import EVERY_JOB
from sluicegate_schemas.payload import digest
from sluicegate_schemas.topics import FLEET_CONTROL, JOB_CONTROL, JOB_LIFECYCLE, JOB_REQUESTED

_DEAD_LETTERS = uuid5(NAMESPACE_URL, "https://sluicegate.dev/dead-letter")
_OURS = frozenset({JOB_REQUESTED.name, JOB_CONTROL.name, FLEET_CONTROL.name})
JOB_ID = r"[A-Za-z0-9._:\-]{1,128}"
_ORIGINAL = "orig_"
REDRIVEN_FROM = "redriven_from"


class DeadLetter(NamedTuple):
    """One record, byte for byte as far as it is kept, with where it stood and why it could not be handled."""

    dead_letter_id: UUID
    topic: str
    partition: int
    record_offset: int
    record_key: bytes | None
    value: bytes
    headers: str
    """JSON: the original headers, a list of [name, base64]."""
    code: str
    reason: str
    at: datetime
    """When its owner first gave up on it, by that service's clock."""
    received_at: datetime
    times: int
    """How often the same event came and could not be handled; place, code and reason are the last one's."""
    last_at: datetime
    """When its owner last gave up on it."""
    job_id: str | None = None
    """The job that waits for this: its own request, proved by the api's seal."""
    redrives: int = 0
    redriven_at: datetime | None = None
    redriven_by: str | None = None
    last_redrive: UUID | None = None
    value_bytes: int | None = None
    """How long the value was, if the record was too large to be kept whole; key or headers may be what is cut."""


def read(value: bytes | None, headers: Sequence[tuple[str, bytes]], now: datetime) -> DeadLetter:
    """The dead letter that a record of the `dead-letter` topic carries.

    Its id is made from what names the event: an unanswered one is sent again and again, and stays one row. A record
    without an envelope is named by where it stood and what it held.

    Raises:
        MalformedRecord: `bad-envelope`
    """
    named = dict(headers)
    try:
        topic = named["dl_topic"].decode()
        partition, offset = int(named["dl_partition"]), int(named["dl_offset"])
        key = base64.b64decode(named["dl_key"], validate=True) if "dl_key" in named else None
        code, reason = named["dl_code"].decode(), named["dl_reason"].decode("utf-8", "replace")
        at = datetime.fromisoformat(named["dl_at"].decode())
        value_bytes = int(named["dl_value_bytes"]) if "dl_value_bytes" in named else None
    except (KeyError, ValueError, binascii.Error) as error:
        raise MalformedRecord("bad-envelope", f"a dead letter's headers can't be read: {error}") from error
    if at.tzinfo is None:
        raise MalformedRecord("bad-envelope", "dl_at has no offset")
    body = value or b""
    originals = [
        [name.removeprefix(_ORIGINAL), base64.b64encode(text or b"").decode()]
        for name, text in headers
        if name.startswith(_ORIGINAL)
    ]
    return DeadLetter(
        _id(topic, (partition, offset), named, body),
        _stored(topic),
        partition,
        offset,
        key,
        body,
        json.dumps(originals),
        _stored(code),
        _stored(reason),
        at,
        now,
        times=1,
        last_at=at,
        value_bytes=value_bytes,
    )


def again(kept: DeadLetter, letter: DeadLetter) -> DeadLetter:
    """The kept one, after the same event came once more; as it is, if it is the very record that is kept."""
    # One batch of its owner gives up on many records at one moment.
    if (letter.last_at, letter.record_offset) <= (kept.last_at, kept.record_offset):
        return kept
    return kept._replace(
        partition=letter.partition,
        record_offset=letter.record_offset,
        code=letter.code,
        reason=letter.reason,
        times=kept.times + 1,
        last_at=letter.last_at,
    )


def with_its_job(letter: DeadLetter, mac_keys: mac.Keys) -> DeadLetter:
    """The letter with the job that it keeps from being started, if it is a request of the api's own."""
    seal = next((base64.b64decode(text) for name, text in json.loads(letter.headers) if name == mac.HEADER), None)
    if letter.topic != JOB_REQUESTED.name or seal is None or not mac.verify(letter.value, seal, mac_keys):
        return letter
    return letter._replace(job_id=json.loads(letter.value)["jobId"])


def original(letter: DeadLetter) -> Message:
    """The record as it was, with a mark of where it comes from.

    Raises:
        ResentByOwner: the api may not write this topic.
        RecordNotWhole: it does not have all bytes of it.
    """
    if (error := why_not(letter)) is not None:
        raise error
    headers = [(name, base64.b64decode(text)) for name, text in json.loads(letter.headers)]
    kept = [(name, text) for name, text in headers if name != REDRIVEN_FROM]
    mark = (REDRIVEN_FROM, str(letter.dead_letter_id).encode())
    return Message(letter.topic, _text(letter.record_key), letter.value, (*kept, mark))


def why_not(letter: DeadLetter) -> ResentByOwner | RecordNotWhole | None:
    """Why the api can do nothing about it, if so."""
    if letter.topic == JOB_LIFECYCLE.name:
        return None
    if letter.topic not in _OURS:
        return ResentByOwner(letter.topic)
    if letter.value_bytes is not None:
        return RecordNotWhole(letter.topic, letter.partition, letter.record_offset)
    return None


def job_to_report(letter: DeadLetter) -> str | None:
    """For a lifecycle: the job whose state to ask for instead, `*` if its key can't be read; else None."""
    if letter.topic != JOB_LIFECYCLE.name:
        return None
    key = _text(letter.record_key)
    return key if key is not None and re.fullmatch(JOB_ID, key) else EVERY_JOB


def _id(topic: str, place: tuple[int, int], named: dict[str, bytes], body: bytes) -> UUID:
    ce_id = named.get(f"{_ORIGINAL}ce_id")
    name = (str(place[0]), str(place[1])) if ce_id is None else ("event", base64.b64encode(ce_id).decode())
    return uuid5(_DEAD_LETTERS, "\n".join((topic, *name, digest(body))))


def _text(key: bytes | None) -> str | None:
    """A key that is not text only chose the partition: it is sent without one."""
    try:
        return None if key is None else key.decode()
    except UnicodeDecodeError:
        return None


def _stored(text: str) -> str:
    """PostgreSQL keeps no U+0000 in text."""
    return text.replace("\0", "\ufffd")
