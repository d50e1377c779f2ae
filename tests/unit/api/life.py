"""A job as the worker really lives it, by its own state machine, and the snapshots that it tells of that."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import JobLifecycle, Status
from sluicegate_worker.domain import commands
from sluicegate_worker.domain.controls import Control
from sluicegate_worker.domain.decisions import Verdict
from sluicegate_worker.domain.ending import tell
from sluicegate_worker.domain.events import Decided, Told
from sluicegate_worker.domain.journal import Entry, EntryKind
from sluicegate_worker.domain.machine import decide
from sluicegate_worker.domain.receiving import begin
from sluicegate_worker.domain.run import Lease, Run
from sluicegate_worker.lifecycle import lifecycle
from tests.unit.api.ledger import START

JOB = "job-1"
_IDS = UUID(int=11)


def step(name: str, ms: float = 10, *, replayed: bool = False, kind: str = "step") -> dict[str, object]:
    """An entry of `steps`, as the worker writes it."""
    found: dict[str, object] = {"name": name, "kind": kind, "durationMs": ms}
    return found | {"replayed": True} if replayed else found


@dataclass
class Life:
    """Say what happens, and let time pass with `after`; then read `told`."""

    max_attempts: int = 3
    now: datetime = START
    told: list[JobLifecycle] = field(default_factory=list)
    worked: list[tuple[str, int, float]] = field(default_factory=list)
    """Every stretch of work that is over: worker, attempt, ms."""
    numbers: int = 0

    def __post_init__(self) -> None:
        asked = commands.RequestReceived(JOB, "demo", 5, self.max_attempts, None, "d", False)
        self.run: Run = begin(asked, self.now)

    def after(self, seconds: float) -> "Life":
        self.now += timedelta(seconds=seconds)
        return self

    def say(self) -> "Life":
        """The end of a batch that left the run queued, or 20 ms after a claim."""
        if not self.run.announced:
            self._perform(tell(self.run, self.run.owed_answers))
        return self

    def claim(self, worker: str = "worker-1", version: str = "1") -> "Life":
        return self._happen(commands.Claimed(self._id(), worker, version))

    def suspend(self, *steps: dict[str, object], key: str = "go", decided: bool = False) -> "Life":
        ask = checkpoint_id(JOB, self.run.run, key, 1)
        return self._happen(commands.Suspended(self._lease, self._id(), ask, decided, json.dumps(steps)))

    def decide(self, outcome: Outcome = Outcome.APPROVED, key: str = "go") -> "Life":
        ask = checkpoint_id(JOB, self.run.run, key, 1)
        entry = Entry(JOB, self.run.run, key, EntryKind.APPROVAL, b"{}", self.now, checkpoint_id=ask, digest="d")
        verdict = Verdict(ask, self._id(), outcome, "d", None, "{}")
        return self._happen(commands.DecisionReceived(entry, verdict))

    def end(self, end: commands.End, *steps: dict[str, object]) -> "Life":
        return self._happen(commands.AttemptEnded(self._lease, self._id(), end, json.dumps(steps)))

    def succeed(self, *steps: dict[str, object]) -> "Life":
        return self.end(commands.Succeeded("{}"), *steps)

    def fail(self, *steps: dict[str, object], again_after: float | None = 2, message: str = "disk full") -> "Life":
        error = json.dumps({"type": "OSError", "message": message, "retryable": again_after is not None})
        return self.end(commands.Failed(error, again_after), *steps)

    def lose(self) -> "Life":
        assert self.run.owner is not None
        return self._happen(commands.LeaseExpired(self.run.owner))

    def release(self) -> "Life":
        return self._happen(commands.Released(self._lease))

    def due(self) -> "Life":
        return self._happen(commands.Due())

    def unhandled(self) -> "Life":
        return self._happen(commands.NoHandler(60))

    def handled(self) -> "Life":
        return self._happen(commands.HandlerBack())

    def report(self) -> "Life":
        return self._happen(commands.ReportAsked(None))

    def control(self, action: Action) -> "Life":
        asked = Control(self._id(), JOB, self.run.control_seq + 1, None, action, "ana", self.now)
        return self._happen(commands.ControlReceived(asked))

    @property
    def working(self) -> bool:
        return self.run.status is Status.RUNNING

    @property
    def _lease(self) -> Lease:
        assert self.run.owner is not None
        return Lease(self.run.owner, self.run.lease_no)

    def _id(self) -> UUID:
        self.numbers += 1
        return uuid5(_IDS, str(self.numbers))

    def _happen(self, command: commands.Command) -> "Life":
        before = self.run
        self._perform(decide(before, command, self.now))
        if before.claimed_at is not None and self.run.claimed_at is None and before.worker_id is not None:
            ran = (self.now - before.claimed_at) / timedelta(milliseconds=1)
            self.worked.append((before.worker_id, before.attempt, ran))
        return self

    def _perform(self, decided: Decided) -> None:
        self.run = decided.run
        for event in decided.events:
            if isinstance(event, Told):
                value = lifecycle(event, None, self.now).value
                self.told.append(JobLifecycle.model_validate_json(value))
