"""The memory journal keeps the contract."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from sluicegate.journal import CheckpointEntry, Journal, JournaledDecision
from sluicegate.memory_journal import RunRecord
from tests.ports.journal.suite import JournalSuite, RunUnderTest


@dataclass
class MemoryRun:
    """Drives a `RunRecord`."""

    job_id: str = "job-1"
    record: RunRecord = field(default_factory=RunRecord)

    async def open(self) -> Journal:
        return self.record.open()

    async def decide(self, checkpoint: UUID, decision: JournaledDecision) -> None:
        for name, entry in list(self.record.entries.items()):
            if isinstance(entry, CheckpointEntry) and entry.checkpoint_id == checkpoint:
                self.record.decide(name, decision)

    async def cancel(self) -> None:
        self.record.cancelled = True

    async def lose_lease(self) -> None:
        self.record.lose_lease()

    async def waits(self) -> bool:
        return self.record.waiting_for is not None

    async def told(self) -> list[str]:
        return [ask.entry.name for ask in self.record.asks]


class TestMemoryJournal(JournalSuite):
    @pytest.fixture
    def run(self) -> RunUnderTest:
        return MemoryRun()
