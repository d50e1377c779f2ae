"""Measures how long people and workers take and what waits, all by this service's clock alone."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_kit.metrics import APPROVALS_DUE, CHECKPOINT_WAIT, DECISION_RESUME, OLDEST_PENDING, Metrics
from sluicegate_schemas.checkpoint_decided import Outcome

WITHIN = ("15m", "1h", "24h")
LOOK = text(
    """
    SELECT count(*) FILTER (WHERE expires_at <= now() + interval '15 minutes'),
           count(*) FILTER (WHERE expires_at <= now() + interval '1 hour'),
           count(*) FILTER (WHERE expires_at <= now() + interval '24 hours'),
           coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float8
    FROM checkpoints WHERE state = 'pending'
    """
)


class Durations:
    """Two histograms."""

    def __init__(self, metrics: Metrics) -> None:
        waits = metrics.histogram(CHECKPOINT_WAIT)
        self._waits = {outcome.value: waits.labels(outcome.value) for outcome in Outcome}
        self._resumes = metrics.histogram(DECISION_RESUME)

    def decided(self, checkpoint: Checkpoint) -> None:
        """From record to decision, by outcome."""
        self._waits[checkpoint.state.value].observe(checkpoint.waited.total_seconds())

    def answered(self, checkpoint: Checkpoint) -> None:
        """From decision to the arrival of the lifecycle event that names it."""
        if checkpoint.decided_at is not None and checkpoint.applied_at is not None:
            self._resumes.observe((checkpoint.applied_at - checkpoint.decided_at).total_seconds())


class Pending:
    """What waits for a person. Every replica shows the same figures: take the maximum, not the sum."""

    def __init__(self, engine: AsyncEngine, metrics: Metrics) -> None:
        self._engine = engine
        self._due = metrics.gauge(APPROVALS_DUE)
        self._oldest = metrics.gauge(OLDEST_PENDING)

    async def look(self) -> None:
        """Count once.

        Raises:
            DBAPIError: the database is away.
        """
        async with self._engine.connect() as connection:
            *due, oldest = (await connection.execute(LOOK)).one()
        for within, count in zip(WITHIN, due, strict=True):
            self._due.labels(within).set(count)
        self._oldest.set(oldest)
