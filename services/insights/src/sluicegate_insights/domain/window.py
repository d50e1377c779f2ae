"""The stretches of time that figures are given for, cut into slices that begin at round moments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The last `slices` slices, of which the present one is not over yet."""

    name: str
    slices: int
    slice_seconds: int

    @property
    def seconds(self) -> int:
        """Its whole length."""
        return self.slices * self.slice_seconds

    def start(self, now: float) -> float:
        """When it begins, if it is `now` (seconds since 1970): the same for everybody who asks within a slice."""
        return float((int(now) // self.slice_seconds + 1 - self.slices) * self.slice_seconds)


HOUR = Window("hour", 60, 60)
DAY = Window("day", 48, 1800)
WEEK = Window("week", 56, 3 * 3600)
WINDOWS = {window.name: window for window in (HOUR, DAY, WEEK)}
