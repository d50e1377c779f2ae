"""Moves what only time moves: due delays, lost leases, types that nobody handles."""

from collections.abc import Callable, Collection

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.writes import Writes
from sluicegate_worker.operations.stage import (
    AT_ONCE,
    AnnounceForgotten,
    BlockUnhandled,
    ReapLost,
    StageDue,
    UnblockHandled,
)
from sluicegate_worker.reads import Reads


class Stager:
    """Every replica makes the first two passes (they skip each other's rows), the leading one the third."""

    def __init__(self, writes: Writes, reads: Reads, *, unhandled_type_seconds: float) -> None:
        self._writes = writes
        self._reads = reads
        self._unhandled_type_seconds = unhandled_type_seconds

    async def stage_due(self) -> int:
        """Delayed runs whose time has come."""
        return await self._all(StageDue)

    async def reap_lost(self) -> int:
        """Runs whose replica was not heard of for too long."""
        return await self._all(ReapLost)

    async def sort_out(self) -> None:
        """Blocks ready runs that no live replica handles, and unblocks those that one does by now.

        Whether there are such runs is asked beside the write loop: with a million others that wait, it takes a while.
        """
        handled = await self._reads.handled_types()
        ready = await self._reads.ready_types()
        if await self._reads.any_forgotten():
            await self._all(AnnounceForgotten)
        if back := sorted(handled & await self._reads.blocked_types()):
            await self._all(lambda: UnblockHandled(back))
        if unhandled := _without(ready, handled):
            await self._all(lambda: BlockUnhandled(unhandled, self._unhandled_type_seconds))

    async def _all(self, make: Callable[[], Operation[int]]) -> int:
        """Pass by pass, while there is more than one of them takes."""
        total = 0
        while True:
            found = await self._writes.submit(make())
            total += found
            if found < AT_ONCE:
                return total


def _without(ready: Collection[str], handled: Collection[str]) -> list[str]:
    return sorted(set(ready) - set(handled))
