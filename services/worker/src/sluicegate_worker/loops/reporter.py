"""Tells every job's latest state when somebody has called for it, at most 200 a second."""

from sluicegate_kit.kafka.writes import Writes
from sluicegate_worker.operations.report import ReportPage, TakeSweep

JOBS_PER_SECOND = 200


class Reporter:
    """One pass a second, one page a pass. Where it is stands in the table, so that any replica goes on."""

    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    async def report(self) -> int:
        """One page; how many jobs were told."""
        sweep = await self._writes.submit(TakeSweep())
        if sweep is None:
            return 0
        return await self._writes.submit(ReportPage(sweep, JOBS_PER_SECOND))
