"""What the leading replica knows of the queue, as metrics."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sluicegate_kit.metrics import OLDEST_READY, RUNS_READY, UNHANDLED_RUNS, Metrics, job_type_label
from sluicegate_schemas.worker_status import QueueDepth


class Gauges:
    """Set with every status: the leading replica shows the queue, any other none of it. Take the maximum."""

    def __init__(self, metrics: Metrics, registered: Collection[str]) -> None:
        self._ready = metrics.gauge(RUNS_READY)
        self._oldest = metrics.gauge(OLDEST_READY)
        self._unhandled = metrics.gauge(UNHANDLED_RUNS)
        self._registered = registered

    def show(self, depths: Sequence[QueueDepth]) -> None:
        """The queue as it is."""
        ready = [depth for depth in depths if depth.state == "ready"]
        oldest = min((depth.oldest_ready_at for depth in ready if depth.oldest_ready_at is not None), default=None)
        self._ready.set(sum(depth.count for depth in ready))
        self._oldest.set(0 if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds()))
        self._unhandled.clear()
        for depth in depths:
            if depth.state == "blocked":
                self._unhandled.labels(job_type_label(depth.job_type, self._registered)).inc(depth.count)
