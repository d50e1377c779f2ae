"""Decides with every batch how many runs this replica may take, and looks for more when there may be some."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from sluicegate_kit.crash import crash_point
from sluicegate_worker.executing.replica_lease import ReplicaLease
from sluicegate_worker.operations.settle import Claim, Claimant, Place, Settle, Settlement

log = structlog.get_logger(__name__)


class Nudged(Protocol):
    """What can be asked to run a batch although nothing is queued."""

    def nudge(self) -> None:
        """Soon; never blocks."""


class Claims:
    """Rides on every batch (see `Rider`): claims what it made ready, announces the rest.

    The table is searched only when it may hold ready runs: at first, when somebody says so, when the last search was
    full, and when a batch left some.
    """

    def __init__(
        self,
        writes: Nudged,
        worker_id: str,
        versions: Mapping[str, str],
        slots: int,
        *,
        on_claimed: Callable[[ReplicaLease, Sequence[Claim]], None],
        on_left: Callable[[], None],
    ) -> None:
        """`on_claimed` must not block; `on_left`: there are more ready runs than this replica has slots."""
        self._writes = writes
        self._worker_id = worker_id
        self._versions = versions
        self._slots = slots
        self._on_claimed = on_claimed
        self._on_left = on_left
        self._lease: ReplicaLease | None = None
        self._open = False
        self._search = True
        self._boarded: list[tuple[ReplicaLease | None, int]] = []
        self.held: set[Place] = set()
        """Attempts that occupy a slot."""
        self.leaving: set[Place] = set()
        """Those of them whose last write is on its way."""

    def open(self, lease: ReplicaLease) -> None:
        """Claim from now on, under this lease."""
        changed = not self._open or self._lease is not lease
        self._lease, self._open = lease, True
        if changed:
            self.wake()

    def close(self) -> None:
        """Claim nothing: the fleet is stopped, the lease is lost, or the process drains."""
        self._open = False
        self._search = True

    def wake(self) -> None:
        """There may be ready runs in the table, or a slot is free."""
        self._search = True
        if self._limit(leaving=0) > 0:
            self._writes.nudge()

    def freed(self, place: Place) -> None:
        """The attempt has left its slot."""
        self.held.discard(place)
        self.leaving.discard(place)
        if self._search and self._limit(leaving=0) > 0:
            self._writes.nudge()

    def board(self, aboard: int) -> Settle | None:
        """See `Rider`."""
        # Nobody leaves in an empty batch: to search again and again until somebody has left would keep the loop busy.
        limit = self._limit(leaving=len(self.leaving) if aboard else 0) if self._search else 0
        if aboard == 0 and limit == 0:
            return None
        lease = self._lease if self._may_claim() else None
        self._boarded.append((lease, limit))
        return Settle(None if lease is None else self._claimant(lease), limit)

    def landed(self, settlement: Settlement) -> None:
        """See `Rider`."""
        lease, limit = self._boarded.pop(0)
        if limit:
            self._search = settlement.found >= limit
        if settlement.left:
            self._search = True
            self._on_left()
        if settlement.claimed and lease is not None:
            crash_point("worker.claim.after_commit")
            self.held.update((run.job_id, run.lease_no) for run in settlement.claimed)
            self._on_claimed(lease, settlement.claims())

    def missed(self, error: BaseException) -> None:
        """See `Rider`. The next poll looks again."""
        self._boarded.pop(0)
        self._search = False
        log.warning("nothing claimed", error=str(error))

    def _may_claim(self) -> bool:
        return self._open and self._lease is not None and self._lease.holds

    def _limit(self, *, leaving: int) -> int:
        if not self._may_claim():
            return 0
        return max(0, self._slots - len(self.held) + leaving)

    def _claimant(self, lease: ReplicaLease) -> Claimant:
        return Claimant(lease.owner, self._worker_id, self._versions, self._slots, self.held, self.leaving)
