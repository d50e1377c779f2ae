"""A journal in memory: a real one, under the same suite as the worker's. Tests and simulations run on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sluicegate.encoding import decode
from sluicegate.errors import JobCancelled, LeaseLost
from sluicegate.journal import Ask, CheckpointEntry, Entry, JournaledDecision, StepEntry, StepSummary

AfterWrite: TypeAlias = Callable[[str], None]


@dataclass
class RunRecord:
    """What outlives an attempt: one run's entries, its lease and what it waits for."""

    entries: dict[str, Entry] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    """Every checkpoint that people were told of, in that order."""
    waiting_for: str | None = None
    """The key of the approval that the run is suspended on."""
    lease_no: int = 0
    leased: bool = False
    cancelled: bool = False
    progress: Any = None

    def open(self, after_write: AfterWrite = lambda name: None) -> "MemoryJournal":
        """The journal for the next attempt or resume, under a new lease; older ones have lost theirs.

        `after_write` is called with the entry's name after each write.
        """
        self.lease_no += 1
        self.leased = True
        self.waiting_for = None
        return MemoryJournal(self, after_write)

    def decide(self, key: str, decision: JournaledDecision) -> None:
        """Write what became of the approval `key`."""
        entry = self.entries[key]
        if isinstance(entry, CheckpointEntry):
            self.entries[key] = replace(entry, decision=decision)
            self.waiting_for = None if self.waiting_for == key else self.waiting_for

    def lose_lease(self) -> None:
        """Take the lease from whoever holds it."""
        self.leased = False


class MemoryJournal:
    """One attempt's hold on a `RunRecord`."""

    def __init__(self, run: RunRecord, after_write: AfterWrite) -> None:
        self._run = run
        self._lease_no = run.lease_no
        self._after_write = after_write
        self._entries = dict(run.entries)

    def entries(self) -> Mapping[str, Entry]:
        """See `Journal.entries`."""
        return self._entries

    def check(self) -> None:
        """See `Journal.check`."""
        self._hold_lease()
        if self._run.cancelled:
            raise JobCancelled("the job was cancelled")

    async def record(self, entry: StepEntry) -> None:
        """See `Journal.record`."""
        self._hold_lease()
        self._run.entries.setdefault(entry.name, entry)
        self._after_write(entry.name)

    async def inform(self, ask: Ask) -> None:
        """See `Journal.inform`."""
        self._hold_lease()
        self._tell(ask)
        self._after_write(ask.entry.name)

    async def ask(self, ask: Ask, steps: Sequence[StepSummary]) -> None:
        """See `Journal.ask`."""
        self._hold_lease()
        self._tell(ask)
        self._run.waiting_for = ask.entry.name
        self._run.leased = False
        self._after_write(ask.entry.name)

    async def progress(self, value: bytes) -> None:
        """See `Journal.progress`."""
        self._hold_lease()
        self._run.progress = decode(value)

    def _tell(self, ask: Ask) -> None:
        if ask.entry.name not in self._run.entries:
            self._run.entries[ask.entry.name] = ask.entry
            self._run.asks.append(ask)

    def _hold_lease(self) -> None:
        if not self._run.leased or self._run.lease_no != self._lease_no:
            raise LeaseLost("another attempt owns the run")
