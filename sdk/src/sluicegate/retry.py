"""How long a run waits before it is tried again: data that a handler may choose, and one formula."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with equal jitter. How often to try is the job's `maxAttempts`, not the policy's."""

    base_seconds: float = 2.0
    factor: float = 2.0
    max_seconds: float = 300.0
    jitter: float = 0.5
    """The share of each delay that is random, 0 to 1: many jobs that failed together do not come back together."""

    def __post_init__(self) -> None:
        if self.base_seconds < 0 or self.max_seconds < 0 or self.factor < 1 or not 0 <= self.jitter <= 1:
            raise ValueError("RetryPolicy needs base_seconds and max_seconds ≥ 0, factor ≥ 1, 0 ≤ jitter ≤ 1")

    def delay_seconds(self, failures: int, random: Callable[[], float]) -> float:
        """The wait after the `failures`-th failure (1, 2, …); `random` gives a number in [0, 1)."""
        if not self.base_seconds:
            return 0.0
        try:
            full = min(self.max_seconds, self.base_seconds * float(self.factor) ** (failures - 1))
        except OverflowError:
            full = self.max_seconds
        return full * (1 - self.jitter * random())
