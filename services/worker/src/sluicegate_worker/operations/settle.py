"""The end of every batch: what the batch made ready is claimed, up to the free slots, and the rest is announced."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Selection
from sluicegate_schemas.job_lifecycle import Status
from sluicegate_worker.domain.commands import Claimed
from sluicegate_worker.domain.ending import tell
from sluicegate_worker.domain.run import Run
from sluicegate_worker.operations.perform import happen, perform
from sluicegate_worker.tables import REQUESTS, RUNS, Request

Place: TypeAlias = tuple[str, int]
"""An attempt: job id and lease number."""

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
    request: Request | None
    """At hand if the run is as new as its request."""
    fresh: bool
    """Nothing of it is journaled."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the ready runs that a batch knows."""

    claims: tuple[Claim, ...]
    left: int
    """Ready runs that are still there."""
    found: int
    """Rows that the search in the table gave."""


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
        claims, left = self._claim(rows, runs)
        taken = {claim.run.job_id for claim in claims}
        for run in runs:
            if not run.announced and run.status is Status.QUEUED and run.job_id not in taken:
                perform(rows, run, tell(run, run.owed_answers))
        found = 0 if self._search is None else len(rows.selected(self._search))
        return Settlement(claims, left, found)

    def _claim(self, rows: Rows, runs: list[Run]) -> tuple[tuple[Claim, ...], int]:
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
        requests = {request.job_id: request for request in rows.every(REQUESTS)}
        claims = tuple(self._take(rows, run, requests.get(run.job_id), claimant) for run in chosen)
        return claims, len(ready) - len(claims)

    def _take(self, rows: Rows, run: Run, request: Request | None, claimant: Claimant) -> Claim:
        command = Claimed(claimant.owner, claimant.worker_id, claimant.versions[run.job_type])
        return Claim(happen(rows, run, command), request, run.fresh)
