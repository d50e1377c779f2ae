"""Runs that time moves: lost leases, due delays, types that nobody handles."""

from collections.abc import Iterable, Sequence

from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection
from sluicegate_worker.domain.commands import Command, Due, HandlerBack, LeaseExpired, NoHandler
from sluicegate_worker.domain.run import Run
from sluicegate_worker.operations.perform import happen
from sluicegate_worker.tables import REQUESTS, RUNS, Request

AT_ONCE = 200

LOST = (
    "owner IS NOT NULL AND NOT EXISTS "
    "(SELECT FROM replicas WHERE replicas.owner = runs.owner AND lease_until > clock_timestamp())"
)


class _Sweep(Operation[int]):
    """Some rows, found by a query; another replica skips those that this one holds. Gives how many there were."""

    __slots__ = ("_found",)

    def __init__(self, found: Selection[Run]) -> None:
        self._found = found

    def locks(self) -> Iterable[Need]:
        return (self._found,)

    def decide(self, rows: Rows) -> int:
        found = rows.selected(self._found)
        for run in found:
            if (command := self._command(run)) is not None:
                happen(rows, run, command)
        return len(found)

    def _command(self, run: Run) -> Command | None:
        raise NotImplementedError


class ReapLost(_Sweep):
    """Runs whose replica was not heard of for too long go back into the queue, or fail."""

    __slots__ = ("_requests",)

    def __init__(self) -> None:
        super().__init__(RUNS.select(LOST, limit=AT_ONCE))
        # A run may be lost before it has told of its request.
        self._requests: Selection[Request] = REQUESTS.select(
            f"job_id IN (SELECT job_id FROM runs WHERE owes_request AND {LOST})", mode="none"
        )

    def locks(self) -> Iterable[Need]:
        return (self._found, self._requests)

    def _command(self, run: Run) -> Command | None:
        return None if run.owner is None else LeaseExpired(run.owner)


class StageDue(_Sweep):
    """Delayed runs whose time has come get their rank; blocked ones whose time is over fail."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(RUNS.select(f"due_at <= {NOW}", order="due_at", limit=AT_ONCE))

    def _command(self, run: Run) -> Command:
        return Due()


class BlockUnhandled(_Sweep):
    """Ready runs of these types leave the claim order: no live replica handles them."""

    __slots__ = ("_patience_seconds",)

    def __init__(self, job_types: Sequence[str], patience_seconds: float) -> None:
        super().__init__(RUNS.select("rank IS NOT NULL AND job_type = ANY(%b::text[])", list(job_types), limit=AT_ONCE))
        self._patience_seconds = patience_seconds

    def _command(self, run: Run) -> Command:
        return NoHandler(self._patience_seconds)


class UnblockHandled(_Sweep):
    """Blocked runs of these types come back: a live replica handles them."""

    __slots__ = ()

    def __init__(self, job_types: Sequence[str]) -> None:
        super().__init__(
            RUNS.select(
                "due_at IS NOT NULL AND blocked_reason IS NOT NULL AND job_type = ANY(%b::text[])",
                list(job_types),
                limit=AT_ONCE,
            )
        )

    def _command(self, run: Run) -> Command:
        return HandlerBack()


class AnnounceForgotten(_Sweep):
    """Ready runs whose batch was torn apart by a bad neighbour before they were announced. `Settle` does the rest."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(RUNS.select("rank IS NOT NULL AND NOT announced", limit=AT_ONCE))

    def _command(self, run: Run) -> None:
        return None
