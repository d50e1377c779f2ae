"""The end of every batch: what the batch made ready is claimed, up to the free slots, and the rest is announced."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter
from typing import TypeAlias, TypeVar
from uuid import UUID

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Reading, Rows
from sluicegate_kit.db.table import Need, Selection
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_worker.domain.commands import Claimed
from sluicegate_worker.domain.ending import tell
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import Run
from sluicegate_worker.operations.perform import happen, perform
from sluicegate_worker.tables import JOURNAL, REQUESTS, RUNS, Request

R = TypeVar("R")
Place: TypeAlias = tuple[str, int]
"""An attempt: job id and lease number."""

OF_JOBS = "job_id = ANY(%b::text[])"
OF_RUNS = "(job_id, run) IN (SELECT * FROM unnest(%b::text[], %b::int8[]))"

_by_rank = attrgetter("rank")


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims, and how much."""

    owner: UUID
    worker_id: str
    versions: Mapping[str, str]
    """By job type: the version of the handler. Other types are left to others."""
    slots: int
    held: Collection[Place]
    """Attempts that occupy a slot. Looked at again whenever the batch is decided."""
    leaving: Set[Place]
    """Those of them whose last write is on its way."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this replica now holds."""

    run: Run
    request: Request
    entries: Sequence[Entry]
    """What is journaled of it."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the ready runs that a batch knows."""

    claimed: tuple[Run, ...]
    at_hand: Mapping[str, Request]
    """By job id: requests that the batch knows."""
    requests: Reading[Request] | None
    """Of those that have a past, or whose request is not at hand."""
    journal: Reading[Entry] | None
    left: int
    """Ready runs that are still there."""
    found: int
    """Rows that the search in the table gave."""

    def claims(self) -> list[Claim]:
        """What was claimed, with what it has behind it. Not before it is committed."""
        requests = dict(self.at_hand)
        requests.update((request.job_id, request) for request in _rows(self.requests))
        entries: dict[str, list[Entry]] = {run.job_id: [] for run in self.claimed}
        for entry in _rows(self.journal):
            entries[entry.job_id].append(entry)
        return [Claim(run, requests[run.job_id], entries[run.job_id]) for run in self.claimed]


class Settle(Operation[Settlement]):
    """Decided last, on all rows of the batch. Without a claimant it only announces."""

    __slots__ = ("_claimant", "_search")

    def __init__(self, claimant: Claimant | None, limit: int) -> None:
        """`limit`: how many ready runs to look for in the table; 0: the batch's own are enough."""
        self._claimant = claimant
        self._search: Selection[Run] | None = None
        if claimant is not None and limit > 0:
            self._search = RUNS.select(
                "rank IS NOT NULL AND job_type = ANY(%b::text[])", list(claimant.versions), order="rank", limit=limit
            )

    def locks(self) -> Iterable[Need]:
        return () if self._search is None else (self._search,)

    def decide(self, rows: Rows) -> Settlement:
        runs = rows.every(RUNS)
        claimed, left = self._claim(rows, runs)
        taken = {run.job_id for run in claimed}
        for run in runs:
            if not run.announced and run.status is Status.QUEUED and run.job_id not in taken:
                perform(rows, run, tell(run, run.owed_answers))
        found = 0 if self._search is None else len(rows.selected(self._search))
        at_hand = {request.job_id: request for request in rows.every(REQUESTS)} if claimed else {}
        # Nothing is journaled before a job's first claim. After it there may be, also of one whose request is at hand
        # because another operation of the batch looked at it.
        pasts = [run for run in claimed if run.lease_no > 1 or run.job_id not in at_hand]
        if not pasts:
            return Settlement(claimed, at_hand, None, None, left, found)
        job_ids = [run.job_id for run in pasts]
        requests = rows.read(REQUESTS.select(OF_JOBS, job_ids, mode="none"))
        journal = rows.read(JOURNAL.select(OF_RUNS, job_ids, [run.run for run in pasts], mode="none"))
        return Settlement(claimed, at_hand, requests, journal, left, found)

    def _claim(self, rows: Rows, runs: list[Run]) -> tuple[tuple[Run, ...], int]:
        claimant = self._claimant
        if claimant is None:
            return (), 0
        ready = [run for run in runs if run.rank is not None and run.job_type in claimant.versions]
        if not ready:
            return (), 0
        # A slot whose attempt ends in this very batch is free when the batch is committed.
        leaving = sum(run.owner is None and (run.job_id, run.lease_no) in claimant.leaving for run in runs)
        free = max(0, claimant.slots - len(claimant.held) + leaving)
        chosen = sorted(ready, key=_by_rank) if len(ready) <= free else nsmallest(free, ready, key=_by_rank)
        return tuple(self._take(rows, run, claimant) for run in chosen), len(ready) - len(chosen)

    def _take(self, rows: Rows, run: Run, claimant: Claimant) -> Run:
        return happen(rows, run, Claimed(claimant.owner, claimant.worker_id, claimant.versions[run.job_type]))


def _rows(reading: Reading[R] | None) -> Sequence[R]:
    return () if reading is None else reading.rows
