"""Tells readers in this process that a job has changed, right after the commit that changed it."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sluicegate_api.tables import JOBS, WORKER_REPLICAS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch touched."""

    job_ids: frozenset[str]
    replicas: bool


@dataclass(frozen=True, slots=True)
class NoteChanges(Operation[Changes]):
    """Decided last in its batch: whatever is known to it by then was touched."""

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> Changes:
        return Changes(frozenset(job.job_id for job in rows.every(JOBS)), bool(rows.every(WORKER_REPLICAS)))


class Notices:
    """A rider on the write loop. A notice may be missed: readers also look for themselves now and then."""

    def __init__(self, *, on_replicas: Callable[[], None] = lambda: None) -> None:
        self._on_replicas = on_replicas
        self._listeners: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, *job_ids: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever one of these jobs may have changed; whoever waits clears it."""
        bell = asyncio.Event()
        for job_id in job_ids:
            self._listeners.setdefault(job_id, set()).add(bell)
        try:
            yield bell
        finally:
            for job_id in set(job_ids):
                bells = self._listeners[job_id]
                bells.discard(bell)
                if not bells:
                    del self._listeners[job_id]

    def board(self, aboard: int) -> NoteChanges | None:
        """One with each batch that somebody has operations in."""
        return NoteChanges() if aboard else None

    def landed(self, result: Changes) -> None:
        """Ring for those who listen."""
        if self._listeners:
            for job_id in self._listeners.keys() & result.job_ids:
                for bell in self._listeners[job_id]:
                    bell.set()
        if result.replicas:
            self._on_replicas()

    def missed(self, error: BaseException) -> None:
        """Nothing changed."""
