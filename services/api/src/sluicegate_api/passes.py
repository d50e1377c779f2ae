"""What the api does by itself, one pass at a time."""

from dataclasses import dataclass

from sluicegate_api.domain.silence import Silence
from sluicegate_api.fleet_gauges import FleetGauges
from sluicegate_api.input_schemas import InputSchemas
from sluicegate_api.operations.ask_reports import LookForSilence
from sluicegate_api.operations.fold_tallies import FoldTallies
from sluicegate_api.operations.forget_keys import ForgetKeys
from sluicegate_api.operations.forget_replicas import ForgetReplicas
from sluicegate_api.reads.workers import WorkerReads
from sluicegate_kit.db.write_loop import WriteLoop

REPORTS_PER_PASS = 200
ROWS_PER_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Passes:
    """Each may run on every replica at once: rows that one has locked the others skip."""

    writes: WriteLoop
    workers: WorkerReads
    schemas: InputSchemas
    silence: Silence
    gauges: FleetGauges

    async def look_for_silence(self) -> int:
        """Ask about jobs that have gone silent; how many were looked at."""
        return await self.writes.submit(LookForSilence.of(self.silence, REPORTS_PER_PASS))

    async def forget(self) -> None:
        """Forget all idempotency keys, and replicas, that are past their day."""
        while await self.writes.submit(ForgetKeys.of(ROWS_PER_STATEMENT)):
            pass
        while await self.writes.submit(ForgetReplicas.of(ROWS_PER_STATEMENT)):
            pass

    async def fold_tallies(self) -> None:
        """Keep what is counted short."""
        await self.writes.submit(FoldTallies())

    async def follow_workers(self) -> None:
        """Learn which replicas are there, and what input their handlers take now."""
        workers = await self.workers.look()
        self.schemas.follow(workers.replicas, workers.now)
        self.gauges.show(workers)
