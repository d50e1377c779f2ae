"""A job as callers see it."""

from typing import Any
from uuid import UUID

import orjson
from pydantic_core import to_json

from sluicegate_api.domain.asked import Asked
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.job import Job
from sluicegate_api.http.moments import rfc3339
from sluicegate_api.reads.jobs import KnownJob

JOBS = "/api/agent-jobs"
CHECKPOINTS = "/api/admin/agent-checkpoints"
DEAD_LETTERS = "/api/admin/dead-letters"


def job_url(job_id: str) -> str:
    """Where the job is."""
    return f"{JOBS}/{job_id}"


def checkpoint_url(checkpoint_id: UUID | str) -> str:
    """Where the checkpoint is, at checkpoint-svc."""
    return f"{CHECKPOINTS}/{checkpoint_id}"


def job_body(known: KnownJob) -> bytes:
    """The job as JSON."""
    return orjson.dumps(job_resource(known))


def job_resource(known: KnownJob, *, brief: bool = False) -> dict[str, Any]:
    """The job for `orjson.dumps`; `brief`, as in lists: without its input and result, which may be large."""
    job, snapshot = known.job, known.snapshot
    latest = snapshot.get
    found = {
        "jobId": job.job_id,
        "jobType": job.job_type,
        **_request(known.asked, brief=brief),
        "status": job.status,
        "run": job.run,
        "attempt": latest("attempt", 1),
        "requestedBy": known.asked.requested_by if known.asked else None,
        "progress": _exact(latest("progress")),
        "waitingFor": _waiting_for(known),
        "blockedReason": latest("blockedReason") or _never_heard_of(known),
        "pendingControl": None if known.pending is None else control_resource(known.pending),
        "result": None if brief else _exact(latest("result")),
        "error": _exact(latest("error")),
        "createdAt": rfc3339(job.created_at),
        "readyAt": latest("readyAt") or _run_at(known),
        "startedAt": latest("startedAt"),
        "finishedAt": latest("finishedAt"),
        "updatedAt": latest("at") or rfc3339(job.created_at),
        "links": links(job.job_id) | _dead_letter(known),
    }
    found["priority"] = latest("priority", found["priority"])
    found["maxAttempts"] = latest("maxAttempts", found["maxAttempts"])
    return {name: value for name, value in found.items() if value is not None}


def new_job_body(job: Job, asked: Asked, input_data: bytes) -> bytes:
    """The same for a job that has just been accepted, of which nothing else is known: the hot path."""
    created = rfc3339(job.created_at)
    found: dict[str, Any] = {
        "jobId": job.job_id,
        "jobType": job.job_type,
        "taskDescription": asked.task_description,
        "inputData": orjson.Fragment(input_data),
        "priority": asked.priority,
        "maxAttempts": asked.max_attempts,
        "tags": orjson.Fragment(asked.tags),
        "status": job.status,
        "run": job.run,
        "attempt": 1,
        "requestedBy": asked.requested_by,
        "createdAt": created,
        "updatedAt": created,
        "links": links(job.job_id),
    }
    if asked.timeout_seconds is not None:
        found["timeoutSeconds"] = asked.timeout_seconds
    if asked.run_at is not None:
        found["readyAt"] = rfc3339(asked.run_at)
    return orjson.dumps(found)


def control_resource(control: Control) -> dict[str, Any]:
    """A control that waits for the workers' answer."""
    found = {
        "controlId": str(control.control_id),
        "action": control.action,
        "run": control.run,
        "requestedBy": control.requested_by,
        "reason": control.reason,
        "at": rfc3339(control.at),
    }
    return {name: value for name, value in found.items() if value is not None}


def links(job_id: str) -> dict[str, str]:
    """Where to go from a job."""
    url = job_url(job_id)
    return {"self": url, "checkpoints": f"{url}/checkpoints", "events": f"{url}/events"}


def _never_heard_of(known: KnownJob) -> str | None:
    dead = known.dead_request
    return None if dead is None else f"its request was dead-lettered: {dead.code}"


def _dead_letter(known: KnownJob) -> dict[str, str]:
    dead = known.dead_request
    return {} if dead is None else {"deadLetter": f"{DEAD_LETTERS}/{dead.dead_letter_id}"}


def _request(asked: Asked | None, *, brief: bool) -> dict[str, Any]:
    """What an upstream job was asked for may be learned after its first snapshot."""
    if asked is None:
        return {"taskDescription": None, "priority": 5, "maxAttempts": 3, "tags": []}
    return {
        "taskDescription": asked.task_description,
        "inputData": None if brief else orjson.Fragment(asked.input_data),
        "priority": asked.priority,
        "maxAttempts": asked.max_attempts,
        "tags": orjson.Fragment(asked.tags),
        "timeoutSeconds": asked.timeout_seconds,
    }


def _run_at(known: KnownJob) -> str | None:
    if known.snapshot or known.asked is None or known.asked.run_at is None:
        return None
    return rfc3339(known.asked.run_at)


def _waiting_for(known: KnownJob) -> dict[str, Any] | None:
    wanted = known.snapshot.get("waitingFor")
    if not wanted:
        return None
    checkpoint_id = UUID(wanted[0])
    found = {"checkpointId": str(checkpoint_id), "url": checkpoint_url(checkpoint_id)}
    title = known.titles.get(checkpoint_id)
    return found if title is None else {**found, "title": title}


def _exact(value: Any) -> orjson.Fragment | None:
    """orjson writes no integer beyond 64 bits; the event's own encoder does."""
    return None if value is None else orjson.Fragment(to_json(value))
