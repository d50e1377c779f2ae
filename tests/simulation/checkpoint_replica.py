"""A checkpoint-svc: the real operations, consumers and expiry; whoever decides does so without HTTP."""

from typing import Any

from sluicegate_checkpoint_svc.consumers import subscriptions
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.expiry import Expiry
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.tables import TABLES
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_schemas.topics import CHECKPOINT_CREATED, JOB_LIFECYCLE, Party
from tests.simulation.keys import GENUINE
from tests.simulation.process import Process

TOPICS = (CHECKPOINT_CREATED, JOB_LIFECYCLE)


class Nobody:
    """Wants to know no durations."""

    def decided(self, checkpoint: Checkpoint) -> None:
        """See `Observer`."""

    def answered(self, checkpoint: Checkpoint) -> None:
        """See `Observer`."""


SETTLEMENT = Settlement(GENUINE, Nobody())


class CheckpointReplica(Process):
    """One process of checkpoint-svc."""

    def __init__(self, **of_process: Any) -> None:
        super().__init__(
            party=Party.CHECKPOINT_SVC,
            tables=(*TABLES, POSITIONS),
            group="sluicegate-checkpoint-svc",
            topics=[topic.name for topic in TOPICS],
            **of_process,
        )
        self._expiry = Expiry(self.writes, SETTLEMENT)
        self.begin(subscriptions(SETTLEMENT))

    async def look_around(self) -> None:
        """What its loops do from time to time."""
        await self._expiry.sweep()
