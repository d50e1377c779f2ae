"""How much work waits, of which kind, and how much of the fleet it calls for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sluicegate_schemas.job_lifecycle import Status

READY = "ready"
"""The state of a run that a free slot would take at once."""


@dataclass(frozen=True, slots=True)
class Depth:
    """Runs of one type in one state."""

    job_type: str
    state: str
    count: int
    oldest_ready_at: datetime | None = None
    """By the workers' database."""


def demand(queue: Iterable[Depth], active_jobs: int, *, stopped: bool = False) -> int:
    """Slots that would be busy: for what live replicas have at work and, unless the fleet is stopped, what is ready."""
    if stopped:
        return active_jobs
    return sum(depth.count for depth in queue if depth.state == READY) + active_jobs


def unhandled(queue: Iterable[Depth], handled: Collection[str]) -> list[str]:
    """Job types with work that no live replica does."""
    return sorted({depth.job_type for depth in queue if depth.count > 0 and depth.job_type not in handled})


def unfinished(jobs: Mapping[str, Mapping[Status, int]]) -> list[Depth]:
    """The queue as counts of jobs by type and status tell it; any that is queued may be ready."""
    return [
        Depth(job_type, READY if status is Status.QUEUED else status.value, count)
        for job_type, counts in sorted(jobs.items())
        for status, count in sorted(counts.items())
        if not status.terminal
    ]
