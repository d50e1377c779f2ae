"""Why no work is done, or not the work of one type: what stands in the way, the most telling first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sluicegate_api.domain.fleet import Fleet
from sluicegate_api.domain.queue import READY, Depth
from sluicegate_api.domain.replicas import Replica
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState

BLOCKED = "blocked"
"""The state of a run whose type nobody handles."""
SHOULD_HAVE_BEGUN = timedelta(seconds=30)
"""A ready run with a free slot is claimed within milliseconds, at the latest with the next poll."""


class Kind(StrEnum):
    """What stands in the way."""

    NEVER_STARTED = "never-started"
    STOPPED = "stopped"
    NO_WORKER = "no-worker"
    NOT_HEARD = "not-heard"
    """The live replicas don't know yet that they are to start."""
    NO_HANDLER = "no-handler"
    DRAINING = "draining"
    ALL_BUSY = "all-busy"
    NOT_CLAIMED = "not-claimed"
    """There are free slots, and nobody takes the work."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing, with what it takes to say it. What does not belong to its kind is empty."""

    kind: Kind
    jobs: int = 0
    """How many it keeps waiting."""
    job_type: str | None = None
    """None: of any type."""
    slots: int = 0
    working: int = 0
    """Jobs that are at work all the same."""
    oldest_ready_at: datetime | None = None
    last_seen: Replica | None = None


def hindrances(
    fleet: Fleet | None,
    replicas: Sequence[Replica],
    queue: Collection[Depth],
    now: datetime,
    job_type: str | None = None,
) -> list[Hindrance]:
    """What keeps ready work from being done; of one type, if it is given. Empty: nothing does.

    What holds for the whole fleet is said even if nothing waits.
    """
    wanted = [depth for depth in queue if job_type in (None, depth.job_type)]
    ready = sum(depth.count for depth in wanted if depth.state in (READY, BLOCKED))
    live = [replica for replica in replicas if replica.live(now)]
    working = sum(replica.active_jobs for replica in live)
    if fleet is None or fleet.desired is Desired.STOPPED:
        kind = Kind.NEVER_STARTED if fleet is None else Kind.STOPPED
        return [Hindrance(kind, ready, working=working)]
    if not live:
        last = max(replicas, key=lambda replica: replica.heard_at, default=None)
        return [Hindrance(Kind.NO_WORKER, ready, last_seen=last)]
    if all(replica.fleet_version < fleet.version for replica in live):
        return [Hindrance(Kind.NOT_HEARD, ready)]
    return [*_unhandled(wanted, live), *_crowded(wanted, live, now)]


def _unhandled(queue: Collection[Depth], live: Sequence[Replica]) -> list[Hindrance]:
    handled = frozenset[str]().union(*(replica.job_types for replica in live))
    counts: dict[str, int] = {}
    for depth in queue:
        if depth.state in (READY, BLOCKED) and depth.job_type not in handled and depth.count > 0:
            counts[depth.job_type] = counts.get(depth.job_type, 0) + depth.count
    return [Hindrance(Kind.NO_HANDLER, count, job_type) for job_type, count in sorted(counts.items())]


def _crowded(queue: Collection[Depth], live: Sequence[Replica], now: datetime) -> list[Hindrance]:
    """Work that somebody handles, and that nobody has room for: said once for each group of replicas that do it."""
    groups: dict[frozenset[str], list[Depth]] = {}
    for depth in queue:
        able = frozenset(replica.worker_id for replica in live if depth.job_type in replica.job_types)
        if depth.state == READY and depth.count > 0 and able:
            groups.setdefault(able, []).append(depth)
    found = [_full([one for one in live if one.worker_id in able], depths, now) for able, depths in groups.items()]
    return [one for one in found if one is not None]


def _full(able: Sequence[Replica], depths: Sequence[Depth], now: datetime) -> Hindrance | None:
    jobs = sum(depth.count for depth in depths)
    only = depths[0].job_type if len(depths) == 1 else None
    oldest = min((depth.oldest_ready_at for depth in depths if depth.oldest_ready_at is not None), default=None)
    taking = [replica for replica in able if replica.state is ReplicaState.READY]
    if not taking:
        return Hindrance(Kind.DRAINING, jobs, only, working=sum(replica.active_jobs for replica in able))
    slots, working = sum(replica.slots for replica in taking), sum(replica.active_jobs for replica in taking)
    if working >= slots:
        return Hindrance(Kind.ALL_BUSY, jobs, only, slots, working, oldest)
    if oldest is not None and now - oldest > SHOULD_HAVE_BEGUN:
        return Hindrance(Kind.NOT_CLAIMED, jobs, only, slots, working, oldest)
    return None
