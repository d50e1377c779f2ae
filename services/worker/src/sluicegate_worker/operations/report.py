"""Tells every job's latest state, a page at a time, because the api has lost its log."""

from collections.abc import Iterable
from datetime import timedelta

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Selection
from sluicegate_schemas.topics import JOB_LIFECYCLE
from sluicegate_worker.domain.commands import ReportAsked
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Run
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.operations.receive_control import tell_checkpoints
from sluicegate_worker.tables import JOURNAL, REPORT_SWEEPS, REQUESTS, RUNS, ReportSweep, Request

RETENTION = timedelta(milliseconds=JOB_LIFECYCLE.retention_ms)


class TakeSweep(Operation[ReportSweep | None]):
    """A sweep that no other replica is at."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: Selection[ReportSweep] = REPORT_SWEEPS.select("true", order="control_id", limit=1)

    def locks(self) -> Iterable[Need]:
        return (self._found,)

    def decide(self, rows: Rows) -> ReportSweep | None:
        found = rows.selected(self._found)
        return found[0] if found else None


class ReportPage(Operation[int]):
    """The next jobs of a sweep that are open, or ended within the topics' retention. Gives how many were told."""

    __slots__ = ("_checkpoints", "_requests", "_runs", "_sweep")

    def __init__(self, sweep: ReportSweep, limit: int) -> None:
        self._sweep = sweep
        page = (
            "job_id > %b AND (finished_at IS NULL OR finished_at > clock_timestamp() - %b::interval) "
            f"ORDER BY job_id LIMIT {limit:d}"
        )
        params = (sweep.after_job_id, RETENTION)
        self._runs: Selection[Run] = RUNS.select(
            page.partition(" ORDER")[0], *params, order="job_id", limit=limit, mode="update"
        )
        ids = f"job_id IN (SELECT job_id FROM runs WHERE {page})"
        self._requests: Selection[Request] = REQUESTS.select(ids, *params, mode="none")
        self._checkpoints: Selection[Entry] = JOURNAL.select(
            f"{ids} AND checkpoint_id IS NOT NULL", *params, mode="none"
        )

    def locks(self) -> Iterable[Need]:
        return (REPORT_SWEEPS.lock(self._sweep.control_id), self._runs, self._requests, self._checkpoints)

    def decide(self, rows: Rows) -> int:
        sweep = rows.get(REPORT_SWEEPS, self._sweep.control_id)
        if sweep is None or sweep.after_job_id != self._sweep.after_job_id:
            return 0
        runs = rows.selected(self._runs)
        current = {run.job_id: run.run for run in runs}
        for run in runs:
            happen(rows, run, ReportAsked(sweep.control_id))
        tell_checkpoints(rows, [one for one in rows.selected(self._checkpoints) if one.run == current.get(one.job_id)])
        if runs:
            rows.put(REPORT_SWEEPS, ReportSweep(sweep.control_id, runs[-1].job_id))
        else:
            rows.delete(REPORT_SWEEPS, sweep.control_id)
        return len(runs)
