"""The timeline of a job: every snapshot that came, once, in the order in which it came."""

from datetime import datetime
from typing import NamedTuple

from sluicegate_schemas.job_lifecycle import JobLifecycle


class Entry(NamedTuple):
    """One snapshot. The one with the job's `seq` is its present state."""

    job_id: str
    seq: int
    entry: int
    """Its place in the order of arrival, which a reader resumes after. Numbers may be skipped."""
    snapshot: str
    """The JSON text as the worker sent it, without the request, which is kept elsewhere."""
    received_at: datetime


def entry(snapshot: JobLifecycle, value: bytes, number: int, now: datetime) -> Entry:
    """The entry for a snapshot, of which `value` are the bytes as they came."""
    text = value if snapshot.request is None else snapshot.model_copy(update={"request": None}).to_json()
    return Entry(snapshot.job_id, snapshot.seq, number, text.decode(), now)
