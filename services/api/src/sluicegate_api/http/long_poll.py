"""Waits for a job to come to rest."""

import asyncio

from sluicegate_api.notices import Notices
from sluicegate_api.reads.jobs import JobReads, KnownJob
from sluicegate_kit.clock import Clock
from sluicegate_kit.web.sse import ring
from sluicegate_schemas.job_lifecycle import Status

LOOK_AGAIN_SECONDS = 1.0
"""A change that another replica wrote rings no bell here."""


class LongPoll:
    """Woken by the commit that changed the job in this process; looks for itself once a second besides."""

    def __init__(self, jobs: JobReads, notices: Notices, clock: Clock) -> None:
        self._jobs = jobs
        self._notices = notices
        self._clock = clock

    async def settled(self, job_id: str, seconds: float, stopping: asyncio.Event) -> KnownJob | None:
        """The job once it has ended or waits for a person; as it stands after `seconds`, or when the process stops."""
        deadline = self._clock.monotonic() + seconds
        with self._notices.listen(job_id) as bell:
            while True:
                bell.clear()
                known = await self._jobs.one(job_id)
                left = deadline - self._clock.monotonic()
                if known is None or at_rest(known) or left <= 0 or stopping.is_set():
                    return known
                await ring(bell, stopping, min(left, LOOK_AGAIN_SECONDS))


def at_rest(known: KnownJob) -> bool:
    """Whether nothing will happen to the job by itself."""
    return known.job.status.terminal or known.job.status is Status.WAITING
