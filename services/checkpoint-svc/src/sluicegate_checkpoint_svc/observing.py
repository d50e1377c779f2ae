"""Measures how long people and workers take, both by this service's clock alone."""

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_kit.metrics import CHECKPOINT_WAIT, DECISION_RESUME, Metrics


class Durations:
    """Two histograms."""

    def __init__(self, metrics: Metrics) -> None:
        self._waits = metrics.histogram(CHECKPOINT_WAIT)
        self._resumes = metrics.histogram(DECISION_RESUME)

    def decided(self, checkpoint: Checkpoint) -> None:
        """From record to decision, by outcome."""
        self._waits.labels(checkpoint.state).observe(checkpoint.waited.total_seconds())

    def answered(self, checkpoint: Checkpoint) -> None:
        """From decision to the arrival of the lifecycle event that names it."""
        if checkpoint.decided_at is not None and checkpoint.applied_at is not None:
            self._resumes.observe((checkpoint.applied_at - checkpoint.decided_at).total_seconds())
