"""An api: the real operations and consumers; whoever calls it does so without HTTP."""

from typing import Any

from sluicegate_api.consumers import subscriptions
from sluicegate_api.domain.silence import Silence
from sluicegate_api.operations.ask_reports import AskIfNew, AskReport, LookForSilence
from sluicegate_api.tables import TABLES
from sluicegate_schemas.job_control import EVERY_JOB
from sluicegate_schemas.topics import (
    CHECKPOINT_CREATED,
    CHECKPOINT_DECIDED,
    DEAD_LETTER,
    JOB_LIFECYCLE,
    WORKER_STATUS,
    Party,
)
from tests.simulation.keys import MAC_KEYS
from tests.simulation.process import Process

TOPICS = (JOB_LIFECYCLE, WORKER_STATUS, CHECKPOINT_CREATED, CHECKPOINT_DECIDED, DEAD_LETTER)
SILENCE = Silence(first_seconds=60, max_seconds=300)


class ApiReplica(Process):
    """One process of the api."""

    def __init__(self, **of_process: Any) -> None:
        super().__init__(
            party=Party.API,
            tables=TABLES,
            group="sluicegate-api",
            topics=[topic.name for topic in TOPICS],
            **of_process,
        )
        self._started = False
        self.begin(subscriptions(SILENCE, lambda: MAC_KEYS))
        self.do(self._start())

    def ingest_some(self) -> None:
        """Not before it has asked."""
        if self._started:
            super().ingest_some()

    async def _start(self) -> None:
        await self.writes.submit(AskIfNew())
        self._started = True

    async def on_log_lost(self) -> None:
        """Ask about every job."""
        await self.writes.submit(AskReport(EVERY_JOB))

    async def look_around(self) -> None:
        """What its loops do from time to time."""
        await self.writes.submit(LookForSilence.of(SILENCE, 50))
