"""A job as the api projects it: the latest snapshot by `seq` is its state, whatever the order in which they come."""

from datetime import datetime
from typing import NamedTuple

from sluicegate_api.domain.silence import Silence
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status


class Job(NamedTuple):
    """What a job is found and ordered by. All else that its state tells is in its latest timeline entry."""

    job_id: str
    job_type: str
    status: Status
    run: int
    seq: int
    """Of the snapshot that this state comes from; 0 until the first has come."""
    entries: int
    """How many timeline entries were taken in: the number of the next one is one more."""
    control_seq: int
    """The `controlSeq` of the last cancel or retry."""
    running_ms: float
    created_at: datetime
    """When this service first heard of the job, by its own database's clock."""
    heard_at: datetime
    """When a snapshot came last, by the same clock."""
    report_at: datetime | None
    """When to look whether the job has gone silent; None once its run has ended."""
    reports: int
    """How many reports were asked for since its state last changed."""


def submitted(job_id: str, job_type: str, now: datetime, silence: Silence) -> Job:
    """A job that this service has just accepted."""
    return Job(
        job_id,
        job_type,
        Status.QUEUED,
        run=1,
        seq=0,
        entries=0,
        control_seq=0,
        running_ms=0,
        created_at=now,
        heard_at=now,
        report_at=silence.first(now),
        reports=0,
    )


def project(job: Job | None, snapshot: JobLifecycle, now: datetime, silence: Silence) -> Job:
    """The job after this snapshot. An older one is counted for the timeline and changes no state."""
    if job is None:
        job = submitted(snapshot.job_id, snapshot.job_type, now, silence)
    job = job._replace(entries=job.entries + 1, heard_at=now)
    if snapshot.seq <= job.seq:
        return job
    same = (job.status, job.run) == (snapshot.status, snapshot.run) and job.seq > 0
    ended = snapshot.status.terminal
    return job._replace(
        status=snapshot.status,
        run=snapshot.run,
        seq=snapshot.seq,
        running_ms=snapshot.running_ms,
        report_at=None if ended else job.report_at or silence.first(now),
        reports=job.reports if same else 0,
    )
