"""Reads what is known of a job's checkpoints."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.checkpoints import Checkpoint, picture
from sluicegate_api.reads.sql import JOB_CHECKPOINTS, JOB_DECISION_ANSWERS, JOB_DECISIONS


class CheckpointReads:
    """Queries over the three tables of checkpoints."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_job(self, job_id: str) -> list[Checkpoint]:
        """The checkpoints of a job, the oldest first."""
        decisions = sa.select(*JOB_DECISIONS.c).where(JOB_DECISIONS.c.job_id == job_id)
        decision_ids = sa.select(JOB_DECISIONS.c.decision_id).where(JOB_DECISIONS.c.job_id == job_id)
        answers = sa.select(*JOB_DECISION_ANSWERS.c).where(JOB_DECISION_ANSWERS.c.decision_id.in_(decision_ids))
        asks = sa.select(*JOB_CHECKPOINTS.c).where(JOB_CHECKPOINTS.c.job_id == job_id)
        async with self._engine.connect() as connection:
            return picture(
                [tables.JOB_CHECKPOINTS.read(row) for row in await connection.execute(asks)],
                [tables.JOB_DECISIONS.read(row) for row in await connection.execute(decisions)],
                [tables.JOB_DECISION_ANSWERS.read(row) for row in await connection.execute(answers)],
            )
