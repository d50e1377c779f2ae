"""Where loops and edges get the time from; what is kept in a table takes its time from the database instead."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Two times that are never compared with each other."""

    def now(self) -> datetime:
        """The wall clock, in UTC. It may jump."""

    def monotonic(self) -> float:
        """Seconds since some moment in the past. Never goes back."""


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A time that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._passed_seconds = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed_seconds)

    def monotonic(self) -> float:
        return self._passed_seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed_seconds += seconds
