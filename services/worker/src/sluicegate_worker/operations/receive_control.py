"""Controls arrive: cancel and retry, the call for a job's latest state, the fleet's desired state."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Selection
from sluicegate_schemas.fleet_control import FLEET_KEY, Desired
from sluicegate_schemas.job_control import JobControl
from sluicegate_worker.asking import answer_key, checkpoint_created
from sluicegate_worker.domain.commands import ControlReceived, ReportAsked
from sluicegate_worker.domain.controls import Control
from sluicegate_worker.domain.journal import Entry, EntryKind
from sluicegate_worker.domain.run import Run
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.tables import (
    CONTROLS,
    FLEET,
    JOURNAL,
    REPORT_SWEEPS,
    REQUESTS,
    RUNS,
    Fleet,
    ReportSweep,
    Request,
)

CHANNEL = "sluicegate_worker"
LOOK = f"NOTIFY {CHANNEL}, 'look'"
"""Tells every replica to beat now, and so to see what has just been committed. Rare enough to be in the transaction."""


@dataclass(frozen=True, slots=True)
class ReceiveControl(Operation[Run | None]):
    """Judges a cancel or a retry; keeps one whose job is not known yet. Gives the run as it is then."""

    asked: JobControl

    def locks(self) -> Iterable[Need]:
        return (CONTROLS.lock(self.asked.control_id), RUNS.lock(self.asked.job_id))

    def decide(self, rows: Rows) -> Run | None:
        asked = self.asked
        control = rows.get(CONTROLS, asked.control_id)
        if control is None:
            control = Control(
                asked.control_id,
                asked.job_id,
                asked.control_seq or 0,
                asked.run,
                asked.action,
                asked.requested_by,
                rows.now,
            )
            rows.put(CONTROLS, control)
        run = rows.get(RUNS, asked.job_id)
        if run is None:
            return None
        after = happen(rows, run, ControlReceived(control))
        if after.cancel_control == control.control_id:
            rows.execute(LOOK)
        return after


class ReportJob(Operation[None]):
    """Tells a job's latest state again, and its run's checkpoints. Nothing for a job that nobody has requested here."""

    __slots__ = ("_control_id", "_entries", "_job_id", "_request")

    def __init__(self, control_id: UUID, job_id: str) -> None:
        self._control_id = control_id
        self._job_id = job_id
        self._request: Selection[Request] = REQUESTS.select("job_id = %b", job_id, mode="none")
        self._entries: Selection[Entry] = JOURNAL.select(
            "job_id = %b AND checkpoint_id IS NOT NULL", job_id, mode="none"
        )

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self._job_id), self._request, self._entries)

    def decide(self, rows: Rows) -> None:
        run = rows.get(RUNS, self._job_id)
        if run is None:
            return
        happen(rows, run, ReportAsked(self._control_id))
        tell_checkpoints(rows, [entry for entry in rows.selected(self._entries) if entry.run == run.run])


def tell_checkpoints(rows: Rows, entries: Iterable[Entry]) -> None:
    """`checkpoint-created` again; an undecided one waits for its answer again."""
    for entry in entries:
        if entry.checkpoint_id is not None:
            open_ = entry.decision_id is None and entry.kind is EntryKind.APPROVAL
            key = answer_key(entry.checkpoint_id) if open_ else None
            rows.emit(checkpoint_created(entry, rows.now), answer_key=key)


@dataclass(frozen=True, slots=True)
class BeginReport(Operation[None]):
    """Somebody wants to hear of every job: that takes a while, so it is remembered."""

    control_id: UUID

    def locks(self) -> Iterable[Need]:
        return (REPORT_SWEEPS.lock(self.control_id),)

    def decide(self, rows: Rows) -> None:
        if rows.get(REPORT_SWEEPS, self.control_id) is None:
            rows.put(REPORT_SWEEPS, ReportSweep(self.control_id, ""))


@dataclass(frozen=True, slots=True)
class ReceiveFleetControl(Operation[Fleet]):
    """The highest version counts; gives what counts now."""

    version: int
    desired: Desired

    def locks(self) -> Iterable[Need]:
        return (FLEET.lock(FLEET_KEY),)

    def decide(self, rows: Rows) -> Fleet:
        known = rows.get(FLEET, FLEET_KEY)
        if known is not None and known.version >= self.version:
            return known
        fleet = Fleet(FLEET_KEY, self.version, self.desired)
        rows.put(FLEET, fleet)
        rows.execute(LOOK)
        return fleet
