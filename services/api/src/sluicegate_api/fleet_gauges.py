"""What the api knows of the fleet, as metrics, so that its silence is seen even when no worker is left to say so."""

from collections import Counter

from sluicegate_api.reads.workers import Workers
from sluicegate_kit.metrics import FLEET_STARTED, LIVE_REPLICAS, Metrics
from sluicegate_schemas.fleet_control import Desired
from sluicegate_schemas.worker_status import ReplicaState

STATES = (ReplicaState.READY, ReplicaState.DRAINING)
"""Of live replicas: one that has stopped is not counted on."""


class FleetGauges:
    """Every replica of the api shows the same figures: take the maximum, not the sum."""

    def __init__(self, metrics: Metrics) -> None:
        self._started = metrics.gauge(FLEET_STARTED)
        self._live = metrics.gauge(LIVE_REPLICAS)

    def show(self, workers: Workers) -> None:
        """The fleet as it was last heard of."""
        started = workers.fleet is not None and workers.fleet.desired is Desired.STARTED
        live = Counter(replica.state for replica in workers.replicas if replica.live(workers.now))
        self._started.set(started)
        for state in STATES:
            self._live.labels(state.value).set(live[state])
