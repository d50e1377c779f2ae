"""What is known of runs and approvals: facts that may be learned in any order, any number of times.

Every event comes at least once: it is resent, reported again, read again after a restart, and topics are not read in
step. That is harmless because nothing is counted when it arrives. Each event says one fact about one thing, a run or a
checkpoint, and each thing has one fact of each kind: how the run ended, when the approval was asked for, how it was
decided. Were there ever two that differ, the lesser is kept. So what is known depends on the set of events alone:
learning is commutative, associative and idempotent. Figures are derived from what is known, each time somebody asks.
"""

from collections.abc import MutableMapping
from typing import NamedTuple, TypeVar
from uuid import UUID

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status


class Ended(NamedTuple):
    """How a run ended."""

    at: float
    """Seconds since 1970 in UTC, by the worker's database."""
    job_type: str
    status: Status


class Asked(NamedTuple):
    """That a run asked for an approval. Information is never asked for."""

    at: float
    """Seconds since 1970 in UTC, by the worker's database."""
    job_type: str


class Decided(NamedTuple):
    """What became of an approval."""

    at: float
    """Seconds since 1970 in UTC, by the database of checkpoint-svc."""
    outcome: Outcome
    waited_seconds: float
    """From its record to its decision, by that one clock."""


K = TypeVar("K")
F = TypeVar("F", Ended, Asked, Decided)


class Facts:
    """All that is known, in memory: a cache of the log. Some 800 bytes for a job with one approval.

    Checkpoints are named by the number that their UUID is: looking up a `UUID` takes ten times longer.
    """

    def __init__(self) -> None:
        self.ended: dict[tuple[str, int], Ended] = {}
        """By job and run."""
        self.asked: dict[int, Asked] = {}
        """By checkpoint."""
        self.decided: dict[int, Decided] = {}
        """By checkpoint; the ask may not have arrived yet."""

    def learn_end(self, job_id: str, run: int, ended: Ended) -> None:
        """A run has ended."""
        _keep(self.ended, (job_id, run), ended)

    def learn_ask(self, checkpoint_id: UUID, asked: Asked) -> None:
        """A run waits for a person."""
        _keep(self.asked, checkpoint_id.int, asked)

    def learn_decision(self, checkpoint_id: UUID, decided: Decided) -> None:
        """It waits no longer."""
        _keep(self.decided, checkpoint_id.int, decided)

    def forget(self, before: float) -> None:
        """Drop what was over by then. An approval that still waits is kept, however old."""
        for run in [run for run, ended in self.ended.items() if ended.at < before]:
            del self.ended[run]
        for checkpoint in [checkpoint for checkpoint, decided in self.decided.items() if decided.at < before]:
            del self.decided[checkpoint]
            self.asked.pop(checkpoint, None)


def _keep(facts: MutableMapping[K, F], of: K, fact: F) -> None:
    known = facts.get(of)
    if known is None or fact < known:
        facts[of] = fact
