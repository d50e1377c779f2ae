"""Records a cancel or retry and sends it to the workers."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.controls import Command, Control, order
from sluicegate_api.domain.errors import UnknownJob
from sluicegate_api.operations.source import SOURCE
from sluicegate_api.tables import CONTROLS, JOBS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas import envelope


@dataclass(frozen=True, slots=True)
class ControlJob(Operation[Control]):
    """Gives the pending control. Raises UnknownJob, JobHasEnded, JobHasNotEnded."""

    command: Command

    def locks(self) -> Iterable[Need]:
        yield JOBS.lock(self.command.job_id)
        yield CONTROLS.lock(self.command.control_id)
        yield CONTROLS.match("job_id", self.command.job_id, "outcome IS NULL")

    def decide(self, rows: Rows) -> Control:
        command = self.command
        if (written := rows.get(CONTROLS, command.control_id)) is not None:
            return written
        if (job := rows.get(JOBS, command.job_id)) is None:
            raise UnknownJob(command.job_id)
        pending = rows.matching(CONTROLS.match("job_id", command.job_id, "outcome IS NULL"))
        moved, control = order(job, pending, command, rows.now)
        if control.control_id == command.control_id:
            rows.put(JOBS, moved)
            rows.put(CONTROLS, control)
            message = envelope.write(control.event(), ce_id=control.control_id, source=SOURCE, at=rows.now)
            rows.emit(message, answer_key=f"job-control:{control.control_id}")
        return control
