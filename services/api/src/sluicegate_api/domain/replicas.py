"""The worker replicas, by what each said last."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sluicegate_api.domain.queue import Depth
from sluicegate_schemas.model import Part
from sluicegate_schemas.worker_status import QueueDepth, ReplicaState, WorkerStatus

KEPT = timedelta(hours=24)
LIVE = timedelta(seconds=20)
"""A replica speaks every 5 s; one that has missed three is not counted on."""


class Replica(NamedTuple):
    """The latest `worker-status` of one replica."""

    worker_id: str
    version: str
    state: ReplicaState
    slots: int
    active_jobs: int
    handlers: str
    """JSON: the list of its handlers with their input schemas."""
    fleet_version: int
    queue: str | None
    """JSON: the queue as this replica counted it, if it is the one that does."""
    queue_at: datetime | None
    """When that count came, by this service's clock."""
    at: datetime
    """By the replica's clock; decides which of two reports is the later."""
    heard_at: datetime
    """By this service's database."""

    def live(self, now: datetime) -> bool:
        """Whether it can be counted on."""
        return self.state is not ReplicaState.STOPPED and now - self.heard_at <= LIVE

    @property
    def job_types(self) -> frozenset[str]:
        """What it has handlers for."""
        return frozenset(handler["jobType"] for handler in json.loads(self.handlers))


def hear(replica: Replica | None, status: WorkerStatus, now: datetime) -> Replica:
    """The replica after this report; one that is older than the last changes nothing."""
    if replica is not None and status.at <= replica.at:
        return replica
    return Replica(
        status.worker_id,
        status.version,
        status.state,
        status.slots,
        status.active_jobs,
        _text(status.handlers),
        status.fleet_version,
        *_counted(replica, status, now),
        status.at,
        now,
    )


def _counted(replica: Replica | None, status: WorkerStatus, now: datetime) -> tuple[str | None, datetime | None]:
    """The queue and when it was counted; one replica counts for all, the others say nothing."""
    if status.queue is not None:
        return _text(status.queue), now
    return (None, None) if replica is None else (replica.queue, replica.queue_at)


def _text(parts: Sequence[Part]) -> str:
    return json.dumps([part.model_dump(mode="json", by_alias=True, exclude_none=True) for part in parts])


def queue(replicas: Iterable[Replica], now: datetime) -> list[Depth] | None:
    """The latest count of the queue by a live replica; None if there is none."""
    counted = [
        (replica.queue_at, replica.queue)
        for replica in replicas
        if replica.queue is not None
        and replica.queue_at is not None
        and replica.live(now)
        and now - replica.queue_at <= LIVE
    ]
    if not counted:
        return None
    found = (QueueDepth.model_validate(depth) for depth in json.loads(max(counted)[1]))
    return [Depth(each.job_type, each.state, each.count, each.oldest_ready_at) for each in found]


def active_jobs(replicas: Iterable[Replica], now: datetime) -> int:
    """Jobs that live replicas have in their slots."""
    return sum(replica.active_jobs for replica in replicas if replica.live(now))
