"""Forgets what is over: sessions, sign-in links, news. Replicas share the work."""

from sluicegate_checkpoint_svc.operations.news import ForgetNews
from sluicegate_checkpoint_svc.operations.sign_in import ForgetSignIns
from sluicegate_kit.kafka.writes import Writes

ROWS_AT_ONCE = 500


class Forgetting:
    """One pass at a time."""

    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    async def forget(self) -> None:
        """All that is over by now."""
        while await self._writes.submit(ForgetSignIns.of(ROWS_AT_ONCE)) >= ROWS_AT_ONCE:
            pass
        while await self._writes.submit(ForgetNews.of(ROWS_AT_ONCE)) >= ROWS_AT_ONCE:
            pass
