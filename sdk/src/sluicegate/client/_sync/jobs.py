# Generated from _async/jobs.py by sdk/scripts/generate_sync_client.py; change that one.
"""The job routes."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sluicegate.client._sync.paging import every, read_page
from sluicegate.client._sync.transport import Transport
from sluicegate.client.call import Call, Params, body, moment, path, query
from sluicegate.client.errors import WaitTimedOut
from sluicegate.client.models.checkpoint import JobCheckpoint
from sluicegate.client.models.job import Job, Until
from sluicegate.client.models.page import Page
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_lifecycle import Status

_JOBS = "/api/agent-jobs"
_HOLD_SECONDS = 30
"""How long one request waits at the service; the service's own limit."""
_WATCH_HOLD_SECONDS = 1
_PAUSE_SECONDS = 1.0
"""Between two looks at a job that the service would not hold the request for."""


class Jobs:
    """Submits jobs, looks at them, cancels and retries them."""

    def __init__(self, transport: Transport, clock: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._clock = clock

    def submit(
        self,
        job_type: str,
        task_description: str,
        input_data: Mapping[str, Any] | None = None,
        *,
        priority: int | None = None,
        max_attempts: int | None = None,
        timeout_seconds: float | None = None,
        run_at: datetime | None = None,
        tags: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Enqueues a job. What is None takes the service's default.

        `idempotency_key` makes a repeated submit (by this identity, within 24 h) give the same job; without one the
        client makes its own, so that only its own retries are covered.

        Raises:
            InvalidRequest: the input is not what the job type's handler takes, among others.
            IdempotencyKeyReused: with another request.
        """
        members = {
            "jobType": job_type,
            "taskDescription": task_description,
            "inputData": dict(input_data or {}),
            "priority": priority,
            "maxAttempts": max_attempts,
            "timeoutSeconds": timeout_seconds,
            "runAt": None if run_at is None else moment(run_at),
            "tags": None if tags is None else list(tags),
        }
        headers = {"Idempotency-Key": idempotency_key or str(new_id())}
        return self._transport.read(Call("POST", _JOBS, repeatable=True, body=body(members), headers=headers), Job)

    def get(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFound
        """
        return self._transport.read(Call("GET", _path(job_id), repeatable=True), Job)

    def page(
        self,
        *,
        status: Status | Sequence[Status] | None = None,
        job_type: str | None = None,
        requested_by: str | None = None,
        tag: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Job]:
        """One page of the jobs that match, newest first.

        Raises:
            BadCursor
        """
        params = _filters(status, job_type, requested_by, tag, created_after, created_before, q)
        return read_page(self._transport, _JOBS, {**params, "limit": limit, "cursor": cursor}, Page[Job])

    def iterate(
        self,
        *,
        status: Status | Sequence[Status] | None = None,
        job_type: str | None = None,
        requested_by: str | None = None,
        tag: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        q: str | None = None,
        page_size: int | None = None,
    ) -> Iterator[Job]:
        """All jobs that match, newest first, fetched page by page."""
        params = _filters(status, job_type, requested_by, tag, created_after, created_before, q)
        return every(self._transport, _JOBS, {**params, "limit": page_size}, Page[Job])

    def checkpoints(self, job_id: str) -> list[JobCheckpoint]:
        """The checkpoints of a job, without payloads.

        Raises:
            NotFound
        """
        found = every(self._transport, f"{_path(job_id)}/checkpoints", {}, Page[JobCheckpoint])
        return list(found)

    def cancel(self, job_id: str, reason: str | None = None) -> Job:
        """Asks for a cancel, pending in the job until the worker answers.

        Raises:
            NotFound
            JobHasEnded
        """
        return self._control(job_id, "cancel", reason, repeatable=True)

    def retry(self, job_id: str, reason: str | None = None) -> Job:
        """Asks for the next run of an ended job. Never repeated by itself: a run that is over by then would run again.

        Raises:
            NotFound
            JobHasNotEnded
        """
        return self._control(job_id, "retry", reason, repeatable=False)

    def wait(self, job_id: str, *, until: Until = Until.SETTLED, timeout_seconds: float | None = None) -> Job:
        """The job, once it has ended or (`until` SETTLED) waits for a person.

        Raises:
            NotFound
            WaitTimedOut: after `timeout_seconds`; None waits for ever.
        """
        for job in self._looks(job_id, until, timeout_seconds, _HOLD_SECONDS):
            last = job
        return last

    def watch(self, job_id: str, *, until: Until = Until.ENDED, timeout_seconds: float | None = None) -> Iterator[Job]:
        """The job now and after each change that is seen, until it is there. A new `updated_at` alone is no change.

        Raises:
            NotFound
            WaitTimedOut: after `timeout_seconds`; None waits for ever.
        """
        last: Job | None = None
        for job in self._looks(job_id, until, timeout_seconds, _WATCH_HOLD_SECONDS):
            if last is None or job != last.model_copy(update={"updated_at": job.updated_at}):
                yield job
            last = job

    def _looks(self, job_id: str, until: Until, timeout_seconds: float | None, hold_seconds: int) -> Iterator[Job]:
        started = self._clock()
        while True:
            asked = self._clock()
            left = None if timeout_seconds is None else max(0.0, timeout_seconds - (asked - started))
            hold = hold_seconds if left is None else min(hold_seconds, int(left))
            call = Call("GET", _path(job_id), repeatable=True, query=query({"wait": hold}), longest_seconds=hold + 30)
            job = self._transport.read(call, Job)
            yield job
            if until.reached(job):
                return
            if timeout_seconds is not None and self._clock() - started >= timeout_seconds:
                raise WaitTimedOut(job_id, job.status, timeout_seconds)
            if self._clock() - asked < hold or hold == 0:
                self._transport.sleep(_PAUSE_SECONDS if left is None else min(_PAUSE_SECONDS, left))

    def _control(self, job_id: str, action: str, reason: str | None, *, repeatable: bool) -> Job:
        content = body({"action": action, "reason": reason})
        return self._transport.read(Call("PATCH", _path(job_id), repeatable=repeatable, body=content), Job)


def _path(job_id: str) -> str:
    return path("api", "agent-jobs", job_id)


def _filters(
    status: Status | Sequence[Status] | None,
    job_type: str | None,
    requested_by: str | None,
    tag: str | None,
    created_after: datetime | None,
    created_before: datetime | None,
    q: str | None,
) -> Params:
    return {
        "status": status,
        "jobType": job_type,
        "requestedBy": requested_by,
        "tag": tag,
        "createdAfter": created_after,
        "createdBefore": created_before,
        "q": q,
    }
