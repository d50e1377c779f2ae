"""A checkpoint as callers see it. Payloads are spliced in as the bytes that they are, never written anew."""

import json
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import orjson

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.deciding import Choice
from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.reads import Discussion

_CHOICES = frozenset(Choice)


def summary(checkpoint: Checkpoint) -> dict[str, Any]:
    """Everything but what a reviewer reads: for lists, and to answer a decision."""
    document: dict[str, Any] = {
        "checkpointId": str(checkpoint.checkpoint_id),
        "jobId": checkpoint.job_id,
        "run": checkpoint.run,
        "jobType": checkpoint.job_type,
        "key": checkpoint.key,
        "ask": checkpoint.ask,
        "kind": checkpoint.kind,
        "title": checkpoint.title,
        "payloadDigest": checkpoint.payload_digest,
        "allowedDecisions": [each for each in json.loads(checkpoint.allowed_decisions) if each in _CHOICES],
        "risk": checkpoint.risk,
        "state": checkpoint.state,
        "version": checkpoint.version,
        "requestedBy": checkpoint.requested_by,
        "handlerVersion": checkpoint.handler_version,
        "createdAt": _time(checkpoint.recorded_at),
    }
    if checkpoint.supersedes is not None:
        document["supersedes"] = str(checkpoint.supersedes)
    if checkpoint.expires_at is not None:
        document["expiresAt"] = _time(checkpoint.expires_at)
    if checkpoint.acknowledged_at is not None:
        document["acknowledged"] = {"by": checkpoint.acknowledged_by, "at": _time(checkpoint.acknowledged_at)}
    if checkpoint.decision_id is not None:
        document["decision"] = decision(checkpoint)
    return document


def decision(checkpoint: Checkpoint) -> dict[str, Any]:
    """Who decided what and when, and what became of it."""
    assert checkpoint.decided_at is not None
    document: dict[str, Any] = {
        "decisionId": str(checkpoint.decision_id),
        "outcome": checkpoint.state,
        "by": [] if checkpoint.decided_by is None else [checkpoint.decided_by],
        "at": _time(checkpoint.decided_at),
    }
    if checkpoint.reason is not None:
        document["reason"] = checkpoint.reason
    if checkpoint.edited_digest is not None:
        document["editedDigest"] = checkpoint.edited_digest
    if checkpoint.applied_at is not None:
        applied = {"outcome": checkpoint.applied, "at": _time(checkpoint.applied_at)}
        if checkpoint.applied_reason is not None:
            applied["reason"] = checkpoint.applied_reason
        document["applied"] = applied
    return document


def whole(checkpoint: Checkpoint, exhibit: Exhibit, discussion: Discussion) -> bytes:
    """The summary with what a reviewer reads: payload as value and as exact text, and the timeline with comments."""
    document = summary(checkpoint)
    if exhibit.description is not None:
        document["description"] = exhibit.description
    if exhibit.view is not None:
        document["view"] = orjson.Fragment(exhibit.view)
    if exhibit.payload_schema is not None:
        document["payloadSchema"] = orjson.Fragment(exhibit.payload_schema)
    if exhibit.policy is not None:
        document["policy"] = exhibit.policy
    document["onExpiry"] = exhibit.on_expiry
    document["payload"] = orjson.Fragment(exhibit.payload)
    document["payloadText"] = exhibit.payload.decode()
    if checkpoint.edited_payload is not None:
        document["decision"]["editedPayload"] = orjson.Fragment(checkpoint.edited_payload)
        document["decision"]["editedPayloadText"] = checkpoint.edited_payload.decode()
    document["timeline"] = _timeline(checkpoint, exhibit, discussion)
    if discussion.cut:
        document["earlierComments"] = True
    return orjson.dumps(document)


def comment(comment: Comment) -> dict[str, Any]:
    """What somebody said, and when."""
    return {
        "event": "commented",
        "at": _time(comment.at),
        "by": comment.by,
        "commentId": str(comment.comment_id),
        "text": comment.text,
    }


def _timeline(checkpoint: Checkpoint, exhibit: Exhibit, discussion: Discussion) -> list[dict[str, Any]]:
    """What happened, in order; `asked` is by the worker's clock and comes first, all else is by this service's."""
    moments = [
        ("recorded", checkpoint.recorded_at, None),
        ("acknowledged", checkpoint.acknowledged_at, checkpoint.acknowledged_by),
        (str(checkpoint.state), checkpoint.decided_at, checkpoint.decided_by),
        (str(checkpoint.applied), checkpoint.applied_at, None),
    ]
    happened = [_moment(event, at, by) for event, at, by in moments if at is not None]
    happened += map(comment, discussion.comments)
    asked = _moment("asked", exhibit.asked_at, checkpoint.requested_by)
    return [asked, *sorted(happened, key=itemgetter("at"))]


def _moment(event: str, at: datetime, by: str | None) -> dict[str, Any]:
    return {"event": event, "at": _time(at)} | ({} if by is None else {"by": by})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
