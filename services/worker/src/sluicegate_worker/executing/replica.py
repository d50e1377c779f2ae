"""One worker process as a member of the fleet: what it may do, by its lease, the fleet's wish, and its own end."""

from collections.abc import Callable

import structlog

from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState
from sluicegate_worker.executing.claims import Claims
from sluicegate_worker.executing.executor import Executor
from sluicegate_worker.executing.heartbeat import Beat
from sluicegate_worker.executing.replica_lease import ReplicaLease

log = structlog.get_logger(__name__)


class Replica:
    """Takes what the heartbeat brings, and opens or closes the claims."""

    def __init__(self, claims: Claims, executor: Executor, *, on_change: Callable[[], None]) -> None:
        """`on_change`: something that its status tells has changed."""
        self._claims = claims
        self._executor = executor
        self._on_change = on_change
        self._draining = False
        self._desired = Desired.STOPPED
        self.fleet_version = 0
        self.leads = False
        """It is the one replica that does what need not be done twice."""

    @property
    def state(self) -> ReplicaState:
        """As its status tells it."""
        if not self._draining and self._desired is Desired.STARTED:
            return ReplicaState.READY
        return ReplicaState.DRAINING if self._executor.active or self._draining else ReplicaState.STOPPED

    def beaten(self, beat: Beat) -> None:
        """A heartbeat was confirmed."""
        self.leads = beat.leads
        self._executor.look(beat.lease, beat.owned)
        if self._draining:
            return
        if beat.desired is Desired.STARTED:
            self._claims.open(beat.lease)
        else:
            self._claims.close()
        if (beat.fleet_version, beat.desired) != (self.fleet_version, self._desired):
            self.fleet_version, self._desired = beat.fleet_version, beat.desired
            log.info("fleet", desired=self._desired.value, version=self.fleet_version)
            self._on_change()

    def lost(self, lease: ReplicaLease) -> None:
        """The replica was silent for too long: others may have its runs by now."""
        self._claims.close()
        self._executor.lose(lease)

    async def drain(self, within_seconds: float) -> None:
        """Claim nothing more, and let go of what is claimed."""
        self._draining = True
        self._claims.close()
        self._on_change()
        await self._executor.drain(within_seconds)
