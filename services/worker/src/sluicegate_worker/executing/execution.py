"""One attempt of one run on this replica: from its journal to what has to be written of its end."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from sluicegate.attempt import Attempt
from sluicegate.ends import AttemptEnd, Failed
from sluicegate.errors import JobCancelled, LeaseLost
from sluicegate.facts import RunFacts
from sluicegate.registry import Handler
from sluicegate.retry import RetryPolicy
from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.errors import DataRefused
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.logs import bound
from sluicegate_worker.domain import commands
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Lease, Run
from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.ends import error_json, written
from sluicegate_worker.executing.journal import PostgresJournal, write_steps
from sluicegate_worker.executing.observing import Observers, Watched
from sluicegate_worker.executing.persisting import persist
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.operations.attempt import EndAttempt, Held
from sluicegate_worker.tables import Request

log = structlog.get_logger(__name__)

LEAVE_SECONDS = 2.0
"""How long a handler may take to clean up after a cancel, a suspension or a lost lease."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every attempt of the replica works with."""

    writes: Writes
    claims: Claims
    workspace: Path
    retry: RetryPolicy
    """For handlers that have none of their own."""
    observers: Observers


class Execution:
    """Runs the handler and writes its end."""

    def __init__(
        self, bench: Bench, handler: Handler, lease: ReplicaLease, run: Run, request: Request, entries: Sequence[Entry]
    ) -> None:
        self.place = (run.job_id, run.lease_no)
        self.held = Held(run.job_id, run.run, Lease(lease.owner, run.lease_no), request.request, request.requested_by)
        self.lease = lease
        self._bench = bench
        self._handler = handler
        self._run = run
        self._watched = Watched(run, entries, request.traceparent)
        self._resumed = bool(entries)
        self._through = False
        self._leave = partial(bench.claims.leaving.add, self.place)
        self._journal = PostgresJournal(bench.writes, lease, self.held, entries, on_leaving=self._leave)
        asked = json.loads(request.request)
        facts = RunFacts(
            job_id=run.job_id,
            run=run.run,
            attempt=run.attempt,
            job_type=run.job_type,
            requested_by=request.requested_by,
            workspace=bench.workspace,
            timeout_seconds=asked.get("timeoutSeconds"),
            ran_seconds=run.attempt_ms / 1000,
        )
        self.attempt = Attempt(handler, facts, asked.get("inputData", {}), self._journal, leave_seconds=LEAVE_SECONDS)

    @property
    def over(self) -> bool:
        """The handler is through, or has been suspended, or the run is another's."""
        return self._through or self._journal.asked

    async def run(self) -> None:
        """To the end, or to the suspension."""
        if self._resumed:
            crash_point("worker.resume.before_handler")
        try:
            end = await self._bench.observers.watch(self.attempt, self._watched, self._journal)
            self._through = True
            await self._write(end)
        except LeaseLost as error:
            log.warning("attempt left without a trace", job_id=self.held.job_id, reason=str(error))
        finally:
            self._through = True

    def cancel(self) -> None:
        """Somebody wants the job cancelled."""
        if not self._journal.cancelled:
            self._journal.cancelled = True
            self.attempt.interrupt(JobCancelled("the job was cancelled"))

    def lose(self, reason: str) -> None:
        """The run is no longer this replica's, or is about to be given back."""
        self._journal.lost = True
        self.attempt.interrupt(LeaseLost(reason))

    async def _write(self, end: AttemptEnd) -> None:
        run, steps = self._run, write_steps(self.attempt.steps)
        what = written(end, run.attempt, self._handler.retry or self._bench.retry, random.random)
        if what is None:
            return
        if isinstance(end, Failed):
            with bound(job_id=run.job_id, run=run.run, attempt=run.attempt):
                log.warning("attempt failed", job_type=run.job_type, error=end.error.type)
        crash_point("worker.finish.before_record")
        self._leave()
        try:
            await persist(self._bench.writes, EndAttempt(self.held, what, steps), self.lease)
        except DataRefused as error:
            await self._write_instead("DataRefused", f"the database refuses the result: {error}")
        except Exception as error:
            # Given back, it would be executed again, with all its effects, to the same end: for ever.
            log.exception("end not written", job_id=self.held.job_id)
            await self._write_instead("InternalError", f"its end can't be written: {type(error).__name__}")
        crash_point("worker.finish.after_commit")

    async def _write_instead(self, kind: str, message: str) -> None:
        refused = commands.Failed(error_json(kind, message), None)
        await persist(self._bench.writes, EndAttempt(self.held, refused, "[]"), self.lease)
