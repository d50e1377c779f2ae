"""How much work waits, of which kind, and how much of the fleet it calls for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

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


def demand(queue: Iterable[Depth], active_jobs: int) -> int:
    """Slots that would all be busy now: what is ready, and what live replicas have at work."""
    return sum(depth.count for depth in queue if depth.state == READY) + active_jobs


def unhandled(queue: Iterable[Depth], handled: Collection[str]) -> list[str]:
    """Job types with work that no live replica does."""
    return sorted({depth.job_type for depth in queue if depth.count > 0 and depth.job_type not in handled})
