"""A checkpoint as a job's readers see it: no payload, but a link to where it is."""

import json
from typing import Any

from sluicegate_api.domain.checkpoints import Checkpoint, DecisionAnswer
from sluicegate_api.http.job_resource import checkpoint_url
from sluicegate_api.http.moments import rfc3339
from sluicegate_schemas.checkpoint_created import Kind


def checkpoint_resource(checkpoint: Checkpoint) -> dict[str, Any]:
    """For `orjson.dumps`."""
    found: dict[str, Any] = {
        "checkpointId": str(checkpoint.checkpoint_id),
        "jobId": checkpoint.job_id,
        "run": checkpoint.run,
        "state": checkpoint.state,
        "summary": checkpoint.summary,
        **_ask(checkpoint),
        "decision": _decision(checkpoint),
        "url": checkpoint_url(checkpoint.checkpoint_id),
    }
    return {name: value for name, value in found.items() if value is not None}


def _ask(checkpoint: Checkpoint) -> dict[str, Any]:
    ask = checkpoint.ask
    if ask is None:
        return {"kind": Kind.APPROVAL}  # only approvals are decided
    return {
        "jobType": ask.job_type,
        "key": ask.key,
        "ask": ask.ask,
        "kind": ask.kind,
        "title": ask.title,
        "description": ask.description,
        "risk": ask.risk,
        "payloadDigest": ask.payload_digest,
        "requestedBy": ask.requested_by,
        "handlerVersion": ask.handler_version,
        "createdAt": rfc3339(ask.at),
    }


def _decision(checkpoint: Checkpoint) -> dict[str, Any] | None:
    decision, answer = checkpoint.decision, checkpoint.answer
    if decision is None:
        return None
    found = {
        "decisionId": str(decision.decision_id),
        "outcome": decision.outcome,
        "by": json.loads(decision.decided_by),
        "reason": decision.reason,
        "edited": decision.edited,
        "at": rfc3339(decision.at),
        "applied": None if answer is None else _applied(answer),
    }
    return {name: value for name, value in found.items() if value is not None}


def _applied(answer: DecisionAnswer) -> dict[str, Any]:
    found = {"outcome": answer.outcome, "at": rfc3339(answer.at)}
    return found if answer.reason is None else {**found, "reason": answer.reason}
