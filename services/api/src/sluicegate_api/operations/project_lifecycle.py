"""Takes a snapshot of a job into the projection."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import to_json

from sluicegate_api.domain import checkpoints, controls
from sluicegate_api.domain.asked import asked
from sluicegate_api.domain.job import project
from sluicegate_api.domain.silence import Silence
from sluicegate_api.domain.timeline import entry
from sluicegate_api.tables import CONTROLS, JOB_DECISION_ANSWERS, JOB_EVENTS, JOB_REQUESTS, JOBS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.job_lifecycle import JobLifecycle


@dataclass(frozen=True, slots=True)
class ProjectLifecycle(Operation[None]):
    """One `job-lifecycle`, of which `value` are the bytes."""

    snapshot: JobLifecycle
    value: bytes
    silence: Silence

    @property
    def size(self) -> int:
        return len(self.value)

    def locks(self) -> Iterable[Need]:
        yield JOBS.lock(self.snapshot.job_id)
        for answer in self.snapshot.answers or ():
            if answer.control_id is not None:
                yield CONTROLS.lock(answer.control_id)

    def decide(self, rows: Rows) -> None:
        snapshot = self.snapshot
        before = rows.get(JOBS, snapshot.job_id)
        job = project(before, snapshot, rows.now, self.silence)
        rows.put(JOBS, job)
        rows.put(JOB_EVENTS, entry(snapshot, self.value, job.entries, rows.now))
        if snapshot.request is not None:
            rows.put(JOB_REQUESTS, asked(snapshot.request, to_json(snapshot.request.input_data)))
        if before is not None and before.seq == 0:
            rows.answered(f"job-requested:{snapshot.job_id}")
        for found in checkpoints.decision_answers(snapshot):
            rows.put(JOB_DECISION_ANSWERS, found)
        self._answer_controls(rows)

    def _answer_controls(self, rows: Rows) -> None:
        for answer in self.snapshot.answers or ():
            if answer.control_id is None:
                continue
            control = rows.get(CONTROLS, answer.control_id)
            if control is not None and control.pending and control.job_id == self.snapshot.job_id:
                rows.put(CONTROLS, controls.answer(control, answer, rows.now))
                rows.answered(f"job-control:{control.control_id}")
