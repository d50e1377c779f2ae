"""What a decision about a run brings about; the shell performs it in the same transaction."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sluicegate_worker.domain.answers import Answer
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Run


@dataclass(frozen=True, slots=True)
class Told:
    """A `job-lifecycle` goes out: a full snapshot of the run at its new `seq`."""

    run: Run
    answers: str | None = None
    with_request: bool = False
    open_approval: UUID | None = None
    """The run ended while this checkpoint was undecided: checkpoint-svc answers by deciding it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """It is known what became of a control."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Superseded:
    """An ended run makes way for the next."""

    run: Run


@dataclass(frozen=True, slots=True)
class Journaled:
    """A checkpoint's journal entry got its decision."""

    entry: Entry


RunEvent: TypeAlias = Told | Settled | Superseded | Journaled


@dataclass(frozen=True, slots=True)
class Decided:
    """The run as it is now, and what follows."""

    run: Run
    events: tuple[RunEvent, ...] = ()
