"""Executes claimed runs in slots, as asyncio tasks; gives them back when the process drains."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog

from sluicegate.registry import Handler
from sluicegate_kit.db.errors import WriteError
from sluicegate_kit.db.operation import Operation
from sluicegate_worker.domain.run import Lease
from sluicegate_worker.executing.execution import LEAVE_SECONDS, Bench, Execution
from sluicegate_worker.executing.heartbeat import Owned
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.operations.attempt import Announce, GivenBack, Held, Release
from sluicegate_worker.operations.settle import Claim, Place

log = structlog.get_logger(__name__)

ANNOUNCE_SECONDS = 0.02
"""A run that takes longer than this says that it is running; one that doesn't has only its end to tell."""


class Executor:
    """The slots. A plain `def` handler that can't be stopped keeps its slot until it really ends."""

    def __init__(self, bench: Bench, handlers: Mapping[str, Handler]) -> None:
        self._bench = bench
        self._handlers = handlers
        self._running: dict[Place, Execution] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._suspects: set[tuple[Place, ReplicaLease]] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def active(self) -> int:
        """Occupied slots."""
        return len(self._bench.claims.held)

    def begin(self, lease: ReplicaLease, claims: Sequence[Claim]) -> None:
        """Start what was claimed."""
        self._empty.clear()
        started = [self._start(lease, claim) for claim in claims]
        asyncio.get_running_loop().call_later(ANNOUNCE_SECONDS, self._announce, started)

    def look(self, lease: ReplicaLease, owned: Sequence[Owned]) -> None:
        """What the table says of this replica's runs: some are to be cancelled, some it knows nothing about."""
        suspects = []
        for one in owned:
            place = (one.job_id, one.lease_no)
            execution = self._running.get(place)
            if execution is not None and one.cancel:
                execution.cancel()
            elif execution is None:
                suspects.append((place, lease))
        # A claim whose commit was lost belongs to nobody here; one beat alone could also be a matter of timing.
        if orphans := [suspect for suspect in suspects if suspect in self._suspects]:
            log.warning("runs given back that nobody executes", runs=len(orphans))
            self._enqueue(Release(tuple(GivenBack(place[0], Lease(lease.owner, place[1])) for place, lease in orphans)))
        self._suspects = set(suspects).difference(orphans)

    def lose(self, lease: ReplicaLease) -> None:
        """Everything under this lease is no longer this replica's."""
        for execution in list(self._running.values()):
            if execution.lease is lease:
                execution.lose("no heartbeat was confirmed in time")

    async def drain(self, within_seconds: float) -> None:
        """Let handlers come to their end for a while, then give back what is left. Nothing is claimed any more."""
        await self._see_claims_land()
        try:
            await asyncio.wait_for(self._empty.wait(), max(within_seconds / 2, within_seconds - 2 * LEAVE_SECONDS))
        except TimeoutError:
            await self._give_back()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LEAVE_SECONDS)

    async def _see_claims_land(self) -> None:
        """A batch that claims may be under way: what comes after it is committed after it."""
        with suppress(TimeoutError, WriteError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._bench.writes.enqueue(Release(()))

    async def _give_back(self) -> None:
        left = list(self._running.values())
        log.info("runs given back", runs=len(left))
        for execution in left:
            execution.lose("the worker stops")
        given = tuple(GivenBack(one.held.job_id, one.held.lease, one.held.request) for one in left)
        try:
            await self._bench.writes.enqueue(Release(given))
        except WriteError as error:
            log.warning("runs not given back, their leases will run out", error=str(error))
        try:
            await asyncio.wait_for(self._empty.wait(), LEAVE_SECONDS)
        except TimeoutError:
            log.warning("handlers that do not stop", runs=self.active)

    def _start(self, lease: ReplicaLease, claim: Claim) -> Execution:
        run = claim.run
        execution = Execution(self._bench, self._handlers[run.job_type], lease, run, claim.request, claim.entries)
        self._running[execution.place] = execution
        self._spawn(self._run(execution))
        return execution

    async def _run(self, execution: Execution) -> None:
        try:
            await execution.run()
        except Exception:
            # The lease stays; the heartbeat finds the run without an execution and gives it back.
            log.exception("attempt broke", job_id=execution.held.job_id)
        finally:
            self._running.pop(execution.place, None)
        if not execution.attempt.stopped.is_set():
            log.warning("handler goes on and keeps its slot", job_id=execution.held.job_id)
            await execution.attempt.stopped.wait()
        self._free(execution.place)

    def _announce(self, started: Sequence[Execution]) -> None:
        def still_running() -> list[Held]:
            return [execution.held for execution in started if not execution.over]

        if still_running():
            self._enqueue(Announce(still_running))

    def _enqueue(self, operation: Operation[None]) -> None:
        self._bench.writes.enqueue(operation).add_done_callback(_look_at)

    def _free(self, place: Place) -> None:
        self._bench.claims.freed(place)
        if not self._bench.claims.held:
            self._empty.set()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _look_at(future: "asyncio.Future[None]") -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.warning("not written, it will be tried otherwise", error=str(error))
