"""A job as a row of the list."""

from dataclasses import dataclass
from datetime import datetime

from sluicegate_api.pages.looks import STATUSES, Look
from sluicegate_api.pages.paths import job
from sluicegate_api.pages.standing import standing
from sluicegate_api.pages.words import Sentence
from sluicegate_api.reads.jobs import KnownJob
from sluicegate_schemas.job_lifecycle import Status


@dataclass(frozen=True, slots=True)
class JobRow:
    """What the list shows of it."""

    job_id: str
    href: str
    look: Look
    job_type: str
    description: str | None
    """None: its request has not come yet."""
    note: Sentence | None
    """What is worth knowing about its state without opening it."""
    requested_by: str | None
    tags: tuple[str, ...]
    created_at: datetime
    run: int
    attempt: int


def row(known: KnownJob, now: datetime) -> JobRow:
    """The row."""
    stands = standing(known, now)
    telling = known.job.status is not Status.QUEUED or stands.look is not STATUSES[Status.QUEUED]
    telling = telling or known.pending is not None
    return JobRow(
        known.job.job_id,
        job(known.job.job_id),
        stands.look,
        known.job.job_type,
        known.asked.task_description if known.asked else None,
        stands.said[0] if stands.said and telling else None,
        known.asked.requested_by if known.asked else None,
        tuple(known.asked.tag_list) if known.asked else (),
        known.job.created_at,
        known.job.run,
        known.snapshot.get("attempt", 1),
    )
