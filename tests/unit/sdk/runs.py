"""Attempts on a memory journal, as the tests start them."""

from pathlib import Path
from typing import Any

from sluicegate.attempt import Attempt
from sluicegate.facts import RunFacts
from sluicegate.handler import Handler
from sluicegate.memory_journal import RunRecord

FACTS = RunFacts("job-1", 1, 1, "test", "ana", Path("/nowhere"))


def attempt(
    handler: Handler,
    record: RunRecord,
    data: dict[str, Any] | None = None,
    facts: RunFacts = FACTS,
    leave_seconds: float = 0.2,
) -> Attempt:
    """The next attempt of the run that `record` keeps."""
    return Attempt(handler, facts, data or {}, record.open(), leave_seconds=leave_seconds)
