"""The fleet: what is wanted, why nothing moves, replicas and queue; start and stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.hindrances import hindrances
from sluicegate_api.domain.queue import READY, Depth
from sluicegate_api.domain.replicas import Replica, active_jobs
from sluicegate_api.operations.source import SOURCE
from sluicegate_api.operations.want_fleet import WantFleet
from sluicegate_api.pages import paths
from sluicegate_api.pages.hindrances import say
from sluicegate_api.pages.live import Live, fleet_version
from sluicegate_api.pages.looks import Look
from sluicegate_api.pages.words import Sentence
from sluicegate_api.reads.workers import Standing, WorkerReads
from sluicegate_kit.kafka.writes import Writes
from sluicegate_kit.pages.form import Form, read_form
from sluicegate_kit.pages.pages import Pages, see
from sluicegate_kit.web.exchange import caller
from sluicegate_kit.web.page import PageRoute
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState

SHOWN = timedelta(hours=1)
"""A replica that vanished is shown for so long."""
LOOKS = {
    ReplicaState.READY: Look("Ready", "good", "check"),
    ReplicaState.DRAINING: Look("Draining", "warn", "hourglass"),
    ReplicaState.STOPPED: Look("Stopped", "spent", "ban"),
}
LOST = Look("Silent", "bad", "warning")


class Confirmed(Form):
    """Somebody has said that they mean it."""

    sure: Literal["yes"]


@dataclass(frozen=True, slots=True)
class ReplicaRow:
    """One replica on the page."""

    replica: Replica
    look: Look
    live: bool
    behind: bool
    """It does not know yet what is wanted of the fleet."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """What waits of one job type, or is at work."""

    job_type: str
    counts: dict[str, int]
    """By state."""
    oldest_ready_at: datetime | None
    handled: bool
    """A live replica does this type."""


@dataclass(frozen=True, slots=True)
class FleetView:
    """All that the page shows."""

    fleet: Fleet | None
    started: bool
    by_itself: bool
    """Nobody in person has said so: the setting of the service did."""
    replicas: list[ReplicaRow]
    slots: int
    """Of live replicas that take work."""
    working: int
    ready: int
    queue: list[QueueRow]
    counted_by_workers: bool
    hindrances: list[Sentence]
    seen: str
    """The version of all this."""


class WorkersPage:
    """What the routes do."""

    def __init__(self, pages: Pages, workers: WorkerReads, writes: Writes, live: Live) -> None:
        self._pages = pages
        self._workers = workers
        self._writes = writes
        self._live = live

    def routes(self) -> Sequence[PageRoute]:
        """The page, its news, and what can be done with the fleet."""
        return (
            PageRoute("GET", paths.WORKER, self.show),
            PageRoute("GET", paths.WORKER_EVENTS, self._live.fleet),
            PageRoute("POST", paths.WORKER_START, self.start),
            PageRoute("POST", paths.WORKER_STOP, self.stop),
        )

    async def show(self, request: Request) -> Response:
        """The page; for htmx, what changes on it."""
        view = fleet_view(await self._workers.standing())
        return self._pages.render(request, "workers.html", block="fleet", view=view)

    async def start(self, request: Request) -> Response:
        """Let the replicas claim work."""
        return await self._want(request, Desired.STARTED)

    async def stop(self, request: Request) -> Response:
        """Let running jobs finish, and have nothing new claimed."""
        return await self._want(request, Desired.STOPPED)

    async def _want(self, request: Request, desired: Desired) -> Response:
        await read_form(request, Confirmed)
        await self._writes.submit(WantFleet(desired, caller(request).name))
        return see(paths.WORKER)


def fleet_view(standing: Standing) -> FleetView:
    """As the page shows it."""
    workers, now = standing.workers, standing.workers.now
    fleet = workers.fleet
    live = [replica for replica in workers.replicas if replica.live(now)]
    handled = frozenset[str]().union(*(replica.job_types for replica in live))
    return FleetView(
        fleet,
        fleet is not None and fleet.desired is Desired.STARTED,
        fleet is not None and fleet.requested_by == SOURCE,
        [_replica(replica, fleet, now) for replica in workers.replicas if _is_shown(replica, now)],
        sum(replica.slots for replica in live if replica.state is ReplicaState.READY),
        active_jobs(live, now),
        sum(depth.count for depth in standing.queue if depth.state == READY),
        _queue(standing.queue, handled),
        standing.counted_by_workers,
        [say(one, now) for one in hindrances(fleet, workers.replicas, standing.queue, now)],
        fleet_version(standing),
    )


def _is_shown(replica: Replica, now: datetime) -> bool:
    return replica.state is not ReplicaState.STOPPED and now - replica.heard_at <= SHOWN


def _replica(replica: Replica, fleet: Fleet | None, now: datetime) -> ReplicaRow:
    live = replica.live(now)
    behind = live and fleet is not None and replica.fleet_version < fleet.version
    return ReplicaRow(replica, LOOKS[replica.state] if live else LOST, live, behind)


def _queue(queue: Sequence[Depth], handled: frozenset[str]) -> list[QueueRow]:
    found: dict[str, QueueRow] = {}
    for depth in queue:
        before = found.get(depth.job_type)
        counts = {**(before.counts if before else {}), depth.state: depth.count}
        oldest = depth.oldest_ready_at or (before.oldest_ready_at if before else None)
        found[depth.job_type] = QueueRow(depth.job_type, counts, oldest, depth.job_type in handled)
    return sorted(found.values(), key=lambda row: (-row.counts.get(READY, 0), row.job_type))
