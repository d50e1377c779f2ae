"""Asks the workers for the latest state of jobs that have gone silent, or of all after the log was lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sluicegate_api.domain.job import Job
from sluicegate_api.domain.reporting import look
from sluicegate_api.domain.silence import Silence
from sluicegate_api.operations.source import SOURCE
from sluicegate_api.tables import JOBS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection
from sluicegate_kit.kafka.positions import POSITIONS, Position
from sluicegate_schemas import envelope
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.job_control import EVERY_JOB, Action, JobControl


def ask_report(rows: Rows, job_id: str, control_id: UUID) -> None:
    """Ask once. Nothing waits for the answer: a job that stays silent is asked about again."""
    report = JobControl(control_id=control_id, job_id=job_id, action=Action.REPORT, requested_by=SOURCE, at=rows.now)
    rows.emit(envelope.write(report, ce_id=control_id, source=SOURCE, at=rows.now))


@dataclass(frozen=True, slots=True)
class AskReport(Operation[None]):
    """For one job, or for `*`."""

    job_id: str
    control_id: UUID = field(default_factory=new_id)

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        ask_report(rows, self.job_id, self.control_id)


class AskIfNew(Operation[bool]):
    """Ask about every job if this database has never read a log; gives whether it did.

    What earlier logs held is unknown then: upstream jobs may have ended long before this service was first started.
    """

    __slots__ = ("_control_id", "_read")

    def __init__(self) -> None:
        self._control_id = new_id()
        self._read: Selection[Position] = POSITIONS.select("true", order="topic", limit=1, mode="none")

    def locks(self) -> Iterable[Need]:
        return (self._read,)

    def decide(self, rows: Rows) -> bool:
        if rows.selected(self._read):
            return False
        ask_report(rows, EVERY_JOB, self._control_id)
        return True


@dataclass(frozen=True, slots=True)
class LookForSilence(Operation[int]):
    """One pass over the jobs whose time to be looked at has come; gives how many it looked at."""

    silence: Silence
    due: Selection[Job]
    control_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, silence: Silence, limit: int) -> "LookForSilence":
        """At most `limit` jobs, the longest due first."""
        due = JOBS.select(f"report_at <= {NOW}", order="report_at", limit=limit)
        return cls(silence, due, tuple(new_id() for _ in range(limit)))

    def locks(self) -> Iterable[Need]:
        return (self.due,)

    def decide(self, rows: Rows) -> int:
        due = rows.selected(self.due)
        for job, control_id in zip(due, self.control_ids, strict=False):
            looked_at, silent = look(job, rows.now, self.silence)
            rows.put(JOBS, looked_at)
            if silent:
                ask_report(rows, job.job_id, control_id)
        return len(due)
