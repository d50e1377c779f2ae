"""Runs a handler in memory as the worker would: suspends it, calls it again from the top, crashes it on demand."""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from sluicegate.attempt import Attempt
from sluicegate.encoding import decode
from sluicegate.ends import AttemptEnd, Cancelled, Expired, Failed, JobError, Lost, Rejected, Succeeded, Suspended
from sluicegate.errors import LeaseLost
from sluicegate.facts import RunFacts
from sluicegate.handler import Handler
from sluicegate.journal import Ask, CheckpointEntry, JournaledDecision, Kind, Outcome
from sluicegate.memory_journal import RunRecord
from sluicegate_schemas.payload import digest
from sluicegate_schemas.payload import encode as encode_exactly

__all__ = ["Asked", "Outcome", "RunOutcome", "edit", "reject", "run", "run_async"]


@dataclass(frozen=True, slots=True)
class Reject:
    """A person says no."""

    reason: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A person approves something else than what was asked."""

    payload: Any


Answer: TypeAlias = str | Reject | Edit
"""`"approve"`, `"expire"`, `"cancel"` (the job, while it waits), `reject(…)` or `edit(…)`."""


def reject(reason: str) -> Reject:
    """The answer of a person who says no."""
    return Reject(reason)


def edit(payload: Any) -> Edit:
    """The answer of a person who changes the payload and approves it."""
    return Edit(payload)


@dataclass(frozen=True, slots=True)
class Asked:
    """A checkpoint as people were told of it."""

    key: str
    kind: Kind
    title: str
    payload: Any
    ask: Ask


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """Where the run stands, and what it did."""

    status: str
    """`succeeded`, `failed`, `rejected`, `expired`, `cancelled`, or `waiting` where `decisions` has no answer."""
    result: Any = None
    error: JobError | None = None
    waiting_for: str | None = None
    checkpoints: tuple[Asked, ...] = ()
    steps: tuple[str, ...] = ()
    """Names of the journal's entries, in the order in which they were recorded."""
    attempts: int = 1
    calls: int = 1
    """How often the handler was called: once per attempt and once per resume."""
    progress: Any = None


def run(handler: Handler, input_data: Mapping[str, Any], **options: Any) -> RunOutcome:
    """`run_async`, for a test that is a plain function. The options are the same."""
    return asyncio.run(run_async(handler, input_data, **options))


async def run_async(
    handler: Handler,
    input_data: Mapping[str, Any],
    *,
    decisions: Mapping[str, Answer] | None = None,
    crash_after: str | int | None = None,
    workspace: Path | None = None,
    job_id: str = "test-job",
    requested_by: str = "tester",
    max_attempts: int = 3,
    timeout_seconds: float | None = None,
) -> RunOutcome:
    """Run a job of `handler` to its end, or to a checkpoint that `decisions` (by key) does not answer.

    The journal is the only thing that outlives a suspension or a crash; each time the handler starts from the top.
    `crash_after` kills the attempt once, after the journal entry of that name, or after the n-th write (1, 2, …).
    A failure that may be retried is retried at once, up to `max_attempts`. Without `workspace`, a temporary folder
    serves and is removed.

    Raises:
        ValueError: an answer that a person could not give, or a `crash_after` whose entry was never recorded.
    """
    with tempfile.TemporaryDirectory(prefix="sluicegate-") as folder:
        facts = RunFacts(job_id, 1, 1, handler.job_type, requested_by, workspace or Path(folder), timeout_seconds)
        return await _Simulation(handler, input_data, decisions or {}, crash_after, max_attempts).go(facts)


@dataclass
class _Simulation:
    handler: Handler
    input_data: Mapping[str, Any]
    decisions: Mapping[str, Answer]
    crash_after: str | int | None
    max_attempts: int
    record: RunRecord = field(default_factory=RunRecord)
    writes: int = 0
    attempt_no: int = 1
    calls: int = 0

    async def go(self, facts: RunFacts) -> RunOutcome:
        while True:
            self.calls += 1
            # Encoded and read again: no object of an earlier call may be seen by the next one.
            input_data = json.loads(json.dumps(dict(self.input_data)))
            now = replace(facts, attempt=self.attempt_no)
            attempt = Attempt(self.handler, now, input_data, self.record.open(self._after_write))
            outcome = self._judge(await attempt.execute())
            if outcome is not None:
                return outcome

    def _judge(self, end: AttemptEnd) -> RunOutcome | None:
        """The outcome, or None to call the handler again."""
        match end:
            case Succeeded(result):
                return self._outcome("succeeded", result=decode(result))
            case Rejected():
                return self._outcome("rejected")
            case Expired():
                return self._outcome("expired")
            case Cancelled():
                return self._outcome("cancelled")
            case Suspended():
                return self._answer(self.record.waiting_for or "")
            case Failed(error):
                self.attempt_no += 1
                if error.retryable and self.attempt_no <= self.max_attempts:
                    return None
                self.attempt_no -= 1
                return self._outcome("failed", error=error)
            case Lost():
                # A crash in the very write that suspends costs no attempt: the run was waiting already.
                if self.record.waiting_for is not None:
                    return self._answer(self.record.waiting_for)
                self.attempt_no += 1
                return None

    def _answer(self, key: str) -> RunOutcome | None:
        answer = self.decisions.get(key)
        if answer is None:
            return self._outcome("waiting", waiting_for=key)
        if answer == "cancel":
            return self._outcome("cancelled")
        entry = self.record.entries[key]
        assert isinstance(entry, CheckpointEntry)
        if isinstance(answer, Edit) and not self._offers_edit(key):
            raise ValueError(f"checkpoint {key!r} does not allow an edit")
        self.record.decide(key, _decision(entry, answer))
        return None

    def _offers_edit(self, key: str) -> bool:
        return any(ask.entry.name == key and "edit" in ask.allowed_decisions for ask in self.record.asks)

    def _after_write(self, name: str) -> None:
        self.writes += 1
        if self.crash_after in (name, self.writes):
            self.crash_after = None
            self.record.lose_lease()
            raise LeaseLost("crashed on demand")

    def _outcome(self, status: str, **more: Any) -> RunOutcome:
        match self.crash_after:
            case str(name):
                recorded = ", ".join(map(repr, self.record.entries)) or "nothing"
                raise ValueError(f"crash_after={name!r} never came; recorded was {recorded}")
        asked = tuple(
            Asked(ask.entry.name, ask.entry.kind, ask.title, decode(ask.entry.payload), ask) for ask in self.record.asks
        )
        return RunOutcome(
            status,
            checkpoints=asked,
            steps=tuple(self.record.entries),
            attempts=self.attempt_no,
            calls=self.calls,
            progress=self.record.progress,
            **more,
        )


def _decision(entry: CheckpointEntry, answer: Answer) -> JournaledDecision:
    decision_id = uuid5(NAMESPACE_URL, f"decision-{entry.checkpoint_id}")
    match answer:
        case "approve":
            outcome, edited, reason = Outcome.APPROVED, None, None
        case Edit(payload):
            outcome, edited, reason = Outcome.APPROVED, encode_exactly(payload), None
        case Reject(why):
            outcome, edited, reason = Outcome.REJECTED, None, why
        case "expire":
            outcome, edited, reason = Outcome.EXPIRED, None, None
        case _:
            raise ValueError(
                f"checkpoint {entry.name!r}: {answer!r} is no answer; use approve, expire, cancel, reject(…), edit(…)"
            )
    people = () if outcome is Outcome.EXPIRED else ("reviewer",)
    return JournaledDecision(decision_id, outcome, digest(entry.payload), edited, people, reason)
