"""A replica's own right to be: while it lasts, so do the leases of all the runs that it owns."""

import time
from collections.abc import Callable
from uuid import UUID


class ReplicaLease:
    """One stay in the fleet, from its registration until it is given up or lost; never renewed after that.

    Written by the heartbeat's thread, read by the event loop's.
    """

    def __init__(self, owner: UUID, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.owner = owner
        self._monotonic = monotonic
        self._until = 0.0

    @property
    def holds(self) -> bool:
        """By the local monotonic clock: the last confirmed heartbeat, plus the lease, less a margin."""
        return self._monotonic() < self._until

    def confirm(self, until: float) -> None:
        """A heartbeat that was sent in time is confirmed."""
        self._until = until

    def give_up(self) -> None:
        """Nothing may be written under it any more."""
        self._until = 0.0
