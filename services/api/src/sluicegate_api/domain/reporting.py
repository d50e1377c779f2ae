"""Looks at a job whose time to be looked at has come, and says whether to ask for a report."""

from datetime import datetime

from sluicegate_api.domain.job import Job
from sluicegate_api.domain.silence import Silence


def look(job: Job, now: datetime, silence: Silence) -> tuple[Job, bool]:
    """The job with its next time to be looked at, and whether it has been silent for too long.

    `report_at` is only moved here and when a run starts or ends: it is indexed, and a snapshot that moved it
    would make every update of the job dearer.
    """
    if job.status.terminal:
        return job._replace(report_at=None), False
    until = job.heard_at + silence.patience(job.reports)
    if until > now:
        return job._replace(report_at=until), False
    asked = job._replace(reports=job.reports + 1)
    return asked._replace(report_at=now + silence.patience(asked.reports)), True
