"""When a job has been silent for so long that its latest state is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Silence:
    """After `first_seconds`, then twice as long each time, at most `max_seconds`.

    What an asked-for report repeats is no change of state: a job that waits for weeks is asked about ever more rarely.
    """

    first_seconds: float = 600
    max_seconds: float = 86_400

    def first(self, now: datetime) -> datetime:
        """When to look for the first time."""
        return now + timedelta(seconds=self.first_seconds)

    def patience(self, reports: int) -> timedelta:
        """How long a job may be silent after that many reports."""
        return timedelta(seconds=min(self.first_seconds * 2.0 ** min(reports, 30), self.max_seconds))
