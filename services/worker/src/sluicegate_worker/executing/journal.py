"""The SDK's `Journal` on PostgreSQL: one attempt's view of its run, under its lease."""

from collections.abc import Callable, Mapping, Sequence

import orjson

from sluicegate.errors import JobCancelled, LeaseLost
from sluicegate.journal import Ask, CheckpointEntry, Entry, JournaledDecision, Kind, StepEntry, StepSummary
from sluicegate_kit.crash import crash_point
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.writes import Writes
from sluicegate_worker.domain import journal as kept
from sluicegate_worker.executing.persisting import persist
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.operations.attempt import Held, Inform, RecordStep, ShowProgress, Suspend

STEPS_BYTES = 64_000
"""A lifecycle that no broker takes would leave the api without the run's end."""


class PostgresJournal:
    """See `sluicegate.journal.Journal`. `on_leaving` is called when the write that frees the slot is on its way.

    It must not know the attempt, which knows this journal: circles are left to the garbage collector.
    """

    def __init__(
        self,
        writes: Writes,
        lease: ReplicaLease,
        held: Held,
        entries: Sequence[kept.Entry],
        *,
        on_leaving: Callable[[], None],
    ) -> None:
        self._writes = writes
        self._lease = lease
        self._held = held
        self._entries = {entry.name: read(entry) for entry in entries}
        self._on_leaving = on_leaving
        self.cancelled = False
        """Somebody wants the job cancelled."""
        self.lost = False
        self.asked = False
        """The suspension is written, or on its way."""
        self.traceparent: str | None = None
        """Of the attempt's span, where there is one: it goes with what the attempt asks."""

    def entries(self) -> Mapping[str, Entry]:
        """See `Journal`."""
        return self._entries

    def check(self) -> None:
        """See `Journal`."""
        if self.lost or not self._lease.holds:
            raise LeaseLost("the run is no longer this worker's")
        if self.cancelled:
            raise JobCancelled("the job was cancelled")

    async def record(self, entry: StepEntry) -> None:
        """See `Journal`."""
        crash_point("worker.step.before_record")
        await self._write(RecordStep(self._held, entry))
        crash_point("worker.step.after_record")

    async def inform(self, ask: Ask) -> None:
        """See `Journal`."""
        await self._write(Inform(self._held, ask, self.traceparent))

    async def ask(self, ask: Ask, steps: Sequence[StepSummary]) -> None:
        """See `Journal`."""
        self.asked = True
        self._on_leaving()
        await persist(self._writes, Suspend(self._held, ask, write_steps(steps), self.traceparent), self._lease)
        crash_point("worker.suspend.after_commit")
        self.lost = True

    async def progress(self, value: bytes) -> None:
        """See `Journal`."""
        await self._write(ShowProgress(self._held, value.decode()))

    async def _write(self, operation: Operation[bool]) -> None:
        self.cancelled |= await persist(self._writes, operation, self._lease)


def write_steps(steps: Sequence[StepSummary]) -> str:
    """JSON, as a lifecycle carries it: all, or the newest that fit."""
    told: list[bytes] = []
    left = STEPS_BYTES
    for step in reversed(steps):
        one = orjson.dumps(_summary(step))
        left -= len(one) + 1
        if left < 0:
            break
        told.append(one)
    return f"[{b','.join(reversed(told)).decode()}]"


def _summary(step: StepSummary) -> dict[str, str | float | bool]:
    found: dict[str, str | float | bool] = {"name": step.name, "kind": step.kind, "durationMs": step.duration_ms}
    if step.replayed:
        found["replayed"] = True
    return found


def read(entry: kept.Entry) -> Entry:
    """A journal entry as the SDK knows it."""
    if entry.kind is kept.EntryKind.STEP:
        return StepEntry(entry.name, entry.content, entry.duration_ms)
    assert entry.checkpoint_id is not None
    return CheckpointEntry(
        entry.name,
        Kind(entry.kind.value),
        entry.checkpoint_id,
        entry.ask or 1,
        entry.content,
        entry.digest or "",
        _decision(entry),
    )


def _decision(entry: kept.Entry) -> JournaledDecision | None:
    if entry.decision_id is None or entry.outcome is None or entry.effect is not kept.Effect.APPLIED:
        return None
    people = orjson.loads(entry.decided or "{}")
    return JournaledDecision(
        entry.decision_id,
        entry.outcome,
        entry.digest or "",
        entry.edited,
        tuple(people.get("decidedBy", ())),
        people.get("reason"),
    )
