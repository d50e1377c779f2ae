"""Takes up what a run asks: a new checkpoint, or one that is known and was sent again."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.ruling import CANCELLED, INVALIDATED, Ruling
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas import strict_json
from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind
from sluicegate_schemas.errors import MalformedJson, MalformedRecord
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.limits import PAYLOAD_BYTES
from sluicegate_schemas.payload import digest


def check(created: CheckpointCreated) -> bytes:
    """The payload's bytes, once they are seen to be what the digest names, JSON, and within the limit.

    Raises:
        MalformedRecord: `payload-too-large`, `digest-mismatch` or `payload-not-json`.
    """
    payload = created.payload.encode()
    if len(payload) > PAYLOAD_BYTES:
        raise MalformedRecord("payload-too-large", f"the payload has {len(payload)} bytes, allowed are {PAYLOAD_BYTES}")
    if digest(payload) != created.payload_digest:
        raise MalformedRecord("digest-mismatch", "payloadDigest is not the digest of payload")
    try:
        strict_json.read(payload)
    except MalformedJson as error:
        raise MalformedRecord("payload-not-json", str(error)) from error
    return payload


def take_up(created: CheckpointCreated, payload: bytes, now: datetime) -> tuple[Checkpoint, Exhibit]:
    """A checkpoint seen for the first time. Its deadline counts from now, by this service's clock."""
    expires = created.expires_in_seconds
    approval = created.kind is Kind.APPROVAL
    checkpoint = Checkpoint(
        checkpoint_id=created.checkpoint_id,
        job_id=created.job_id,
        run=created.run,
        job_type=created.job_type,
        key=created.key,
        ask=created.ask,
        supersedes=created.supersedes,
        kind=created.kind,
        title=created.title,
        risk=created.risk,
        payload_digest=created.payload_digest,
        allowed_decisions=json.dumps(created.allowed_decisions),
        requested_by=created.requested_by,
        handler_version=created.handler_version,
        recorded_at=now,
        expires_at=now + timedelta(seconds=expires) if approval and expires is not None else None,
        state=State.PENDING if approval else State.RECORDED,
        version=1,
    )
    exhibit = Exhibit(
        checkpoint_id=created.checkpoint_id,
        payload=payload,
        description=created.description,
        payload_schema=None if created.payload_schema is None else json.dumps(created.payload_schema),
        view=None if created.view is None else created.view.model_dump_json(by_alias=True, exclude_none=True),
        policy=created.policy,
        on_expiry=created.on_expiry,
        asked_at=created.at,
    )
    return checkpoint, exhibit


def recognise(known: Checkpoint, created: CheckpointCreated) -> None:
    """Check that a checkpoint sent again is the one that was recorded.

    Raises:
        MalformedRecord: `checkpoint-id-conflict`.
    """
    same = (
        known.job_id == created.job_id
        and known.run == created.run
        and known.kind is created.kind
        and known.payload_digest == created.payload_digest
    )
    if not same:
        raise MalformedRecord("checkpoint-id-conflict", f"{created.checkpoint_id} was recorded with other content")


def already_over(checkpoint: Checkpoint, closed_run: int | None, later: Checkpoint | None) -> Ruling | None:
    """What ended a pending checkpoint before it came: its run's end, or the later ask that took its place."""
    if checkpoint.state is not State.PENDING:
        return None
    if later is not None and later.supersedes == checkpoint.checkpoint_id:
        return INVALIDATED
    if closed_run is not None and checkpoint.run <= closed_run:
        return CANCELLED
    return None


def next_ask(created: CheckpointCreated) -> UUID:
    """The id of the ask that would supersede this one; the two may come in either order."""
    return checkpoint_id(created.job_id, created.run, created.key, created.ask + 1)
