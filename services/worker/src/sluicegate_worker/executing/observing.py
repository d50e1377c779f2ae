"""Shows attempts to whoever watches the worker from outside: metrics always, others where they are configured."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sluicegate.attempt import Attempt
from sluicegate.ends import AttemptEnd, Cancelled, Expired, Failed, Lost, Rejected, Succeeded, Suspended
from sluicegate.journal import StepSummary
from sluicegate_kit.metrics import ATTEMPTS, Metrics
from sluicegate_worker.domain.journal import Entry, EntryKind
from sluicegate_worker.domain.run import Run

ENDS = {kind: kind.__name__.lower() for kind in (Succeeded, Failed, Rejected, Expired, Cancelled, Suspended, Lost)}
CHECKPOINTS = frozenset(kind.value for kind in EntryKind if kind is not EntryKind.STEP)

Tell: TypeAlias = Callable[[AttemptEnd, Sequence[StepSummary]], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """An attempt, as watchers know it: no inputs, no payloads, no results."""

    run: Run
    entries: Sequence[Entry]
    traceparent: str | None
    """Of the request."""

    @property
    def decided(self) -> list[tuple[str, str]]:
        """Checkpoints whose decision the attempt has with it: key and outcome."""
        return [(entry.name, entry.outcome) for entry in self.entries if entry.outcome is not None]


class Watcher(Protocol):
    """Must not block or raise."""

    def watching(self, attempt: Watched) -> AbstractContextManager[Tell]:
        """The handler runs within; what this gives is called with its end, before the context is left."""


class Traced(Protocol):
    """What sends events of an attempt on: the journal."""

    traceparent: str | None


class Observers:
    """Told of every attempt. Costs one count where nobody watches."""

    def __init__(
        self,
        metrics: Metrics,
        job_types: Collection[str],
        watchers: Sequence[Watcher] = (),
        traceparent: Callable[[], str | None] | None = None,
    ) -> None:
        """`traceparent` gives the one of the current span."""
        attempts = metrics.counter(ATTEMPTS)
        self._ended = {
            (job_type, kind): attempts.labels(job_type, end) for job_type in job_types for kind, end in ENDS.items()
        }
        self._watchers = watchers
        self._traceparent = traceparent

    async def watch(self, attempt: Attempt, watched: Watched, journal: Traced) -> AttemptEnd:
        """Execute it."""
        end = await (self._watch(attempt, watched, journal) if self._watchers else attempt.execute())
        self._ended[watched.run.job_type, type(end)].inc()
        return end

    async def _watch(self, attempt: Attempt, watched: Watched, journal: Traced) -> AttemptEnd:
        with ExitStack() as watching:
            tellers = [watching.enter_context(watcher.watching(watched)) for watcher in self._watchers]
            if self._traceparent is not None:
                journal.traceparent = self._traceparent()
            end = await attempt.execute()
            for tell in tellers:
                tell(end, attempt.steps)
            return end


def asked(steps: Sequence[StepSummary]) -> list[tuple[str, str]]:
    """Checkpoints that the attempt put to people: key and kind."""
    return [(step.name, step.kind) for step in steps if step.kind in CHECKPOINTS and not step.replayed]
