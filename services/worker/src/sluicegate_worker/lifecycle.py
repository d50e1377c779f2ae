"""Writes a `job-lifecycle` from a run's row: once, straight to bytes, since it is the most frequent event of all."""

from datetime import UTC, datetime

import orjson

from sluicegate_schemas.envelope import Message, ce_type
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import ANSWERS_HEADER, STATUS_HEADER, Status
from sluicegate_schemas.topics import JOB_LIFECYCLE, WORKER
from sluicegate_worker.domain.events import Told

SOURCE = f"sluicegate/{WORKER}"

_FIXED = (
    ("ce_specversion", b"1.0"),
    ("ce_type", ce_type(JOB_LIFECYCLE.event).encode()),
    ("ce_source", SOURCE.encode()),
    ("content-type", b"application/json"),
)
_STATUS = {status: ((STATUS_HEADER, status.encode()),) for status in Status}
_ANSWERS = ((ANSWERS_HEADER, b"true"),)
_raw = orjson.Fragment


def lifecycle(told: Told, request: str | None, at: datetime) -> Message:
    """The event. `request` is the JSON of the request, where the event has to carry it."""
    run = told.run
    data = {
        "jobId": run.job_id,
        "run": run.run,
        "seq": run.seq,
        "jobType": run.job_type,
        "status": run.status,
        "priority": run.priority,
        "attempt": run.attempt,
        "maxAttempts": run.max_attempts,
        "readyAt": run.ready_at,
        "runningMs": run.running_ms,
        "at": at,
    }
    if run.worker_id is not None:
        data["workerId"] = run.worker_id
        data["handlerVersion"] = run.handler_version
        data["startedAt"] = run.started_at
    if run.lost_worker_id is not None:
        data["lostWorkerId"] = run.lost_worker_id
    if run.finished_at is not None:
        data["finishedAt"] = run.finished_at
    if run.waiting_for is not None:
        data["waitingFor"] = [run.waiting_for]
    if run.blocked_reason is not None:
        data["blockedReason"] = run.blocked_reason
    for name, text in (
        ("progress", run.progress),
        ("steps", run.steps),
        ("result", run.result),
        ("error", run.error),
        ("answers", told.answers),
        ("request", request),
    ):
        if text is not None:
            data[name] = _raw(text)
    ce_id, key, time = new_id(), run.job_id, at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    headers = (
        ("ce_id", str(ce_id).encode()),
        ("ce_subject", key.encode()),
        ("ce_time", time.encode()),
        *_STATUS[run.status],
        *(() if told.answers is None else _ANSWERS),
        *_FIXED,
    )
    return Message(JOB_LIFECYCLE.name, key, orjson.dumps(data, option=orjson.OPT_UTC_Z), headers, ce_id)
