"""Decides at every `ctx` call what the journal already answers, and closes the context when the attempt is over.

An entry is found by its name, so that a handler may run steps concurrently and in any order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

from sluicegate.asking import check_name, new_entry
from sluicegate.crew import working_for
from sluicegate.decision import Decision, approved
from sluicegate.encoding import decode, encode_progress, encode_result
from sluicegate.errors import (
    CheckpointExpired,
    CheckpointRejected,
    DuplicateKey,
    JobCancelled,
    JournalFailed,
    JournalMismatch,
    LeaseLost,
    RunSuspended,
)
from sluicegate.facts import RunFacts
from sluicegate.journal import (
    Ask,
    CheckpointEntry,
    Entry,
    Journal,
    Kind,
    Outcome,
    StepEntry,
    StepSummary,
)

T = TypeVar("T")
BuildAsk: TypeAlias = Callable[[CheckpointEntry], Ask]


class Replay:
    """One attempt's view of its run's journal. Used from the event loop's thread only."""

    def __init__(self, facts: RunFacts, journal: Journal, on_close: Callable[[], None]) -> None:
        self._facts = facts
        self._journal = journal
        self._on_close = on_close
        self._entries = dict(journal.entries())
        self._names: set[str] = set()
        self._steps: list[StepSummary] = []
        self._closed_by: BaseException | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def steps(self) -> tuple[StepSummary, ...]:
        """The entries that the attempt has used, in that order."""
        return tuple(self._steps)

    @property
    def closed_by(self) -> BaseException | None:
        """Why every further call raises, once something does."""
        return self._closed_by

    def is_closed(self) -> bool:
        """Whether every further call raises."""
        return self._closed_by is not None

    def close(self, by: BaseException) -> None:
        """Make every later call raise `by`. The first closing stays."""
        if self._closed_by is None:
            self._closed_by = by
            self._on_close()

    def guard(self) -> None:
        """Raise what closed the context, or what the journal knows that closes it now."""
        if self._closed_by is None:
            try:
                self._journal.check()
            except (JobCancelled, LeaseLost) as signal:
                self.close(signal)
        if self._closed_by is not None:
            raise self._closed_by.with_traceback(None)

    async def settle(self) -> None:
        """Wait until a suspension that has begun is written, or has failed."""
        if self._asking is not None and not self._asking.done():
            await asyncio.wait([self._asking])

    def check_all_asked(self) -> None:
        """At the handler's return: everything that earlier attempts recorded has been asked for.

        Raises:
            JournalMismatch
        """
        missed = sorted(set(self._entries) - self._names)
        if missed:
            names = ", ".join(map(repr, missed[:5])) + (", …" if len(missed) > 5 else "")
            raise JournalMismatch(f"the handler ended without asking for what its run has recorded: {names}")

    async def enter_step(self, name: str) -> bytes | None:
        """The recorded result, or None: do it, then `leave_step`."""
        entry = self._claim(name)
        if entry is None:
            return None
        if not isinstance(entry, StepEntry):
            raise _another_kind(name, "a step", entry)
        self._note(name, "step", entry.duration_ms)
        return entry.result

    async def leave_step(self, name: str, value: Any, duration_ms: float) -> Any:
        """Record what a step gave; gives it back as every replay will."""
        self.guard()
        result = encode_result(value, f"the result of step {name!r}")
        await self._write(self._journal.record(StepEntry(name, result, duration_ms)))
        self._note(name, "step", duration_ms)
        return decode(result)

    async def enter_checkpoint(self, key: str, kind: Kind) -> CheckpointEntry | None:
        """The recorded checkpoint, or None if it has not been asked."""
        entry = self._claim(key)
        if entry is not None and (not isinstance(entry, CheckpointEntry) or entry.kind is not kind):
            raise _another_kind(key, f"an {kind} checkpoint", entry)
        return entry

    async def decide(self, key: str, entry: CheckpointEntry | None, payload: bytes, build: BuildAsk) -> Decision:
        """The decision on an approval checkpoint; without one, suspends the run."""
        entry = entry or new_entry(self._facts, key, Kind.APPROVAL, payload)
        self._check_payload(entry, payload)
        decision = entry.decision
        if decision is None:
            await self._suspend(build(entry))
            raise AssertionError("a suspension never returns")
        self._note(key, Kind.APPROVAL, 0)
        match decision.outcome:
            case Outcome.APPROVED:
                return approved(entry, decision)
            case Outcome.REJECTED:
                raise CheckpointRejected(key, decision.reason, decision.decided_by, decision.decision_id)
            case Outcome.EXPIRED:
                raise CheckpointExpired(key)
            case Outcome.CANCELLED:
                self.close(JobCancelled(f"checkpoint {key!r} was cancelled with its job"))
                raise self._closed_by or AssertionError
            case Outcome.INVALIDATED:
                raise JournalMismatch(f"checkpoint {key!r} was invalidated by a later ask")

    async def inform(self, key: str, entry: CheckpointEntry | None, payload: bytes, build: BuildAsk) -> None:
        """Tell people, once."""
        if entry is None:
            self.guard()
            ask = build(new_entry(self._facts, key, Kind.INFO, payload))
            await self._write(self._journal.inform(ask))
        else:
            self._check_payload(entry, payload)
        self._note(key, Kind.INFO, 0)

    async def unless_closed(self, work: Awaitable[T]) -> T:
        """What `work` gives. If closing the context cancelled it, raises what closed it."""
        try:
            return await work
        except asyncio.CancelledError:
            if self._closed_by is not None:
                raise self._closed_by from None
            raise

    async def progress(self, value: Any) -> None:
        """Show how far the run is."""
        self.guard()
        await self._write(self._journal.progress(encode_progress(value)))

    def _claim(self, name: str) -> Entry | None:
        self.guard()
        check_name(name)
        if name in self._names:
            raise DuplicateKey(name)
        self._names.add(name)
        return self._entries.get(name)

    def _note(self, name: str, kind: str, duration_ms: float) -> None:
        replayed = True if name in self._entries else None
        self._steps.append(StepSummary(name=name, kind=str(kind), duration_ms=duration_ms, replayed=replayed))

    def _check_payload(self, entry: CheckpointEntry, payload: bytes) -> None:
        self.guard()
        if payload != entry.payload:
            raise JournalMismatch(f"checkpoint {entry.name!r} now has another payload than the one it asked about")

    async def _write(self, write: Coroutine[Any, Any, None]) -> None:
        try:
            with working_for(None):
                await write
        except LeaseLost as signal:
            self.close(signal)
        if self._closed_by is not None:
            raise self._closed_by.with_traceback(None)

    async def _suspend(self, ask: Ask) -> None:
        self._note(ask.entry.name, Kind.APPROVAL, 0)
        # Closed before it is written: no other task of the handler may begin anything from here on.
        self._closed_by = RunSuspended()
        with working_for(None):
            # A task of its own: a handler's timeout around this call must not leave it half done.
            self._asking = asyncio.ensure_future(self._ask(ask))
        await asyncio.wait([self._asking])
        raise self._closed_by.with_traceback(None)

    async def _ask(self, ask: Ask) -> None:
        try:
            await self._journal.ask(ask, self.steps)
        except LeaseLost as signal:
            self._closed_by = signal
        except Exception as error:
            self._closed_by = _journal_failed(error)
        self._on_close()


def _journal_failed(cause: BaseException) -> JournalFailed:
    failed = JournalFailed("the journal could not write the suspension")
    failed.__cause__ = cause
    return failed


def _another_kind(name: str, wanted: str, entry: Entry) -> JournalMismatch:
    recorded = "a step" if isinstance(entry, StepEntry) else f"an {entry.kind} checkpoint"
    return JournalMismatch(f"{name!r} is {wanted} now, and was recorded as {recorded}")
