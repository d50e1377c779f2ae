"""What an attempt writes, each time under its lease: journal entries, its suspension, its end.

An operation has an id from before its first try: after a commit whose outcome was lost it finds its own write.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sluicegate.journal import Ask, StepEntry
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.ids import new_id
from sluicegate_worker.asking import answer_key, checkpoint_created, entry_of, record_key
from sluicegate_worker.domain.commands import (
    Announced,
    AttemptEnded,
    End,
    ProgressMade,
    Recorded,
    Released,
    Suspended,
)
from sluicegate_worker.domain.errors import StaleLease
from sluicegate_worker.domain.journal import Entry, EntryKind
from sluicegate_worker.domain.run import Lease, Run
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.tables import JOURNAL, JOURNALED, RUNS


@dataclass(frozen=True, slots=True)
class Held:
    """A run under a lease, and what its next lifecycle may have to carry."""

    job_id: str
    run: int
    lease: Lease
    request: str
    """JSON."""
    requested_by: str


def _own(rows: Rows, held: Held) -> Run:
    run = rows.get(RUNS, held.job_id)
    if run is None:
        raise StaleLease(f"job {held.job_id} is gone")
    return run


@dataclass(frozen=True, slots=True)
class RecordStep(Operation[bool]):
    """Journals a step's result. Gives whether the run is to be cancelled."""

    held: Held
    entry: StepEntry

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.entry.result)

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self.held.job_id),)

    def decide(self, rows: Rows) -> bool:
        run = happen(rows, _own(rows, self.held), Recorded(self.held.lease))
        step, held = self.entry, self.held
        entry = Entry(
            held.job_id, held.run, step.name, EntryKind.STEP, step.result, rows.now, duration_ms=step.duration_ms
        )
        rows.put(JOURNALED, entry)
        return run.cancel_control is not None


@dataclass(frozen=True, slots=True)
class Inform(Operation[bool]):
    """Journals an `info` checkpoint and tells of it. Gives whether the run is to be cancelled."""

    held: Held
    told: Ask
    traceparent: str | None = None

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 3 * len(self.told.entry.payload)

    def locks(self) -> Iterable[Need]:
        held = self.held
        return (RUNS.lock(held.job_id), JOURNAL.lock((held.job_id, held.run, self.told.entry.name)))

    def decide(self, rows: Rows) -> bool:
        run = happen(rows, _own(rows, self.held), Recorded(self.held.lease))
        _put_ask(rows, run, self.told, self.held, self.traceparent)
        return run.cancel_control is not None


@dataclass(frozen=True, slots=True)
class Suspend(Operation[None]):
    """Journals an `approval` checkpoint, asks, and lets go of the run."""

    held: Held
    ask: Ask
    steps: str
    traceparent: str | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 3 * len(self.ask.entry.payload)

    def locks(self) -> Iterable[Need]:
        held = self.held
        return (RUNS.lock(held.job_id), JOURNAL.lock((held.job_id, held.run, self.ask.entry.name)))

    def decide(self, rows: Rows) -> None:
        run = _own(rows, self.held)
        if run.written_by == self.id:
            return
        known = rows.get(JOURNAL, (run.job_id, run.run, self.ask.entry.name)) if run.run == self.held.run else None
        decided = known is not None and known.decision_id is not None
        command = Suspended(self.held.lease, self.id, self.ask.entry.checkpoint_id, decided, self.steps)
        after = happen(rows, run, command, self.held.request)
        if not after.status.terminal:
            _put_ask(rows, run, self.ask, self.held, self.traceparent)


def _put_ask(rows: Rows, run: Run, ask: Ask, held: Held, traceparent: str | None) -> None:
    """The entry and its event, unless an earlier try has written them."""
    if rows.get(JOURNAL, (run.job_id, run.run, ask.entry.name)) is not None:
        return
    entry = entry_of(run, ask, held.requested_by, rows.now)
    rows.put(JOURNAL, entry)
    key_of = answer_key if entry.kind is EntryKind.APPROVAL else record_key
    rows.emit(checkpoint_created(entry, rows.now, traceparent), answer_key=key_of(ask.entry.checkpoint_id))


@dataclass(frozen=True, slots=True)
class ShowProgress(Operation[bool]):
    """Tells how far the handler is. Gives whether the run is to be cancelled."""

    held: Held
    value: str

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self.held.job_id),)

    def decide(self, rows: Rows) -> bool:
        run = _own(rows, self.held)
        return (
            happen(rows, run, ProgressMade(self.held.lease, self.value), self.held.request).cancel_control is not None
        )


@dataclass(frozen=True, slots=True)
class EndAttempt(Operation[None]):
    """The run ends, or is tried again."""

    held: Held
    end: End
    steps: str
    id: UUID = field(default_factory=new_id)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return len(self.steps) + 2_000

    def locks(self) -> Iterable[Need]:
        return (RUNS.lock(self.held.job_id),)

    def decide(self, rows: Rows) -> None:
        command = AttemptEnded(self.held.lease, self.id, self.end, self.steps)
        happen(rows, _own(rows, self.held), command, self.held.request)


class Announce(Operation[None]):
    """Runs that are still running a little after their claim say so."""

    __slots__ = ("_held", "_still_running")

    def __init__(self, still_running: Callable[[], Sequence[Held]]) -> None:
        """Asked when the batch is made up, so that a run which ends in the very batch has only its end to tell."""
        self._still_running = still_running
        self._held: Sequence[Held] = ()

    def locks(self) -> Iterable[Need]:
        self._held = self._still_running()
        return [RUNS.lock(one.job_id) for one in self._held]

    def decide(self, rows: Rows) -> None:
        for one in self._held:
            run = rows.get(RUNS, one.job_id)
            if run is not None:
                happen(rows, run, Announced(one.lease), one.request)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A run that its replica no longer wants."""

    job_id: str
    lease: Lease
    request: str | None = None
    """JSON, if it is at hand."""


@dataclass(frozen=True, slots=True)
class Release(Operation[None]):
    """Gives runs back, without counting an attempt. One that is held under another lease by now stays as it is."""

    runs: tuple[GivenBack, ...]

    def locks(self) -> Iterable[Need]:
        return tuple(RUNS.lock(one.job_id) for one in self.runs)

    def decide(self, rows: Rows) -> None:
        for one in self.runs:
            run = rows.get(RUNS, one.job_id)
            if run is not None:
                happen(rows, run, Released(one.lease), one.request)
