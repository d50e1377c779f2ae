"""Writes `checkpoint-created` from a journal entry; telling it again gives the same data."""

from datetime import UTC, datetime
from uuid import UUID

import orjson

from sluicegate.journal import Ask
from sluicegate_schemas.envelope import TRACEPARENT, Message, ce_type
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.topics import CHECKPOINT_CREATED
from sluicegate_worker.domain.journal import Entry, EntryKind
from sluicegate_worker.domain.run import Run
from sluicegate_worker.lifecycle import SOURCE

_FIXED = (
    ("ce_specversion", b"1.0"),
    ("ce_type", ce_type(CHECKPOINT_CREATED.event).encode()),
    ("ce_source", SOURCE.encode()),
    ("content-type", b"application/json"),
)


def answer_key(checkpoint_id: UUID) -> str:
    """What the wait for a checkpoint's decision is called."""
    return f"checkpoint:{checkpoint_id}"


def record_key(checkpoint_id: UUID) -> str:
    """What the wait for the record of an info checkpoint is called: it is over also when the run has ended."""
    return f"recorded:{checkpoint_id}"


def entry_of(run: Run, ask: Ask, requested_by: str, now: datetime) -> Entry:
    """The journal entry of a checkpoint, with all that its event says."""
    asked = {
        "checkpointId": ask.entry.checkpoint_id,
        "jobId": run.job_id,
        "run": run.run,
        "jobType": run.job_type,
        "key": ask.entry.name,
        "ask": ask.entry.ask,
        "kind": ask.entry.kind,
        "title": ask.title,
        "payloadDigest": ask.entry.payload_digest,
        "allowedDecisions": ask.allowed_decisions,
        "risk": ask.risk,
        "onExpiry": "expire",
        "handlerVersion": run.handler_version or "",
        "requestedBy": requested_by,
        "at": now,
    }
    if ask.description is not None:
        asked["description"] = ask.description
    if ask.payload_schema is not None:
        asked["payloadSchema"] = ask.payload_schema
    if ask.view is not None:
        asked["view"] = ask.view.model_dump(mode="json", by_alias=True, exclude_none=True)
    if ask.expires_in_seconds is not None:
        asked["expiresInSeconds"] = ask.expires_in_seconds
    return Entry(
        run.job_id,
        run.run,
        ask.entry.name,
        EntryKind(ask.entry.kind.value),
        ask.entry.payload,
        now,
        checkpoint_id=ask.entry.checkpoint_id,
        ask=ask.entry.ask,
        digest=ask.entry.payload_digest,
        asked=orjson.dumps(asked, option=orjson.OPT_UTC_Z).decode(),
    )


def checkpoint_created(entry: Entry, at: datetime, traceparent: str | None = None) -> Message:
    """The event. Its payload is the entry's content, as text, byte for byte."""
    assert entry.asked is not None
    payload = orjson.dumps(entry.content.decode())
    value = entry.asked[:-1].encode() + b',"payload":' + payload + b"}"
    ce_id, time = new_id(), at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    headers = (
        ("ce_id", str(ce_id).encode()),
        ("ce_subject", entry.job_id.encode()),
        ("ce_time", time.encode()),
        *(() if traceparent is None else ((TRACEPARENT, traceparent.encode()),)),
        *_FIXED,
    )
    return Message(CHECKPOINT_CREATED.name, entry.job_id, value, headers, ce_id)
