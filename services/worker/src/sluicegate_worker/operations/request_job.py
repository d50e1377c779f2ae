"""A request arrives: the first run of a new job, or the same answer once more."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.errors import MalformedRecord
from sluicegate_worker.domain.commands import ControlReceived, RequestReceived
from sluicegate_worker.domain.errors import JobIdConflict
from sluicegate_worker.domain.receiving import begin
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.tables import CONTROLS, REQUESTS, RUNS, Request


@dataclass(frozen=True, slots=True)
class RequestJob(Operation[None]):
    """Its run is claimed or announced by the end of the batch (`Settle`)."""

    command: RequestReceived
    request: str
    """JSON, as it is kept."""
    requested_by: str
    traceparent: str | None = None

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.request)

    def locks(self) -> Iterable[Need]:
        job_id = self.command.job_id
        return (RUNS.lock(job_id), CONTROLS.match("job_id", job_id))

    def decide(self, rows: Rows) -> None:
        job_id = self.command.job_id
        run = rows.get(RUNS, job_id)
        if run is not None:
            try:
                happen(rows, run, self.command, self.request)
            except JobIdConflict as error:
                raise MalformedRecord("job-id-conflict", str(error)) from error
            return
        rows.put(REQUESTS, Request(job_id, self.request, self.requested_by, rows.now, self.traceparent))
        run = begin(self.command, rows.now)
        rows.put(RUNS, run)
        kept = rows.matching(CONTROLS.match("job_id", job_id))
        for control in sorted(kept, key=lambda control: control.control_seq):
            run = happen(rows, run, ControlReceived(control), self.request)
