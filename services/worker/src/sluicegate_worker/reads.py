"""What is read beside the write loop: how much waits, and who could do it."""

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_schemas.worker_status import QueueDepth

HANDLED = text("SELECT DISTINCT unnest(job_types) FROM replicas WHERE lease_until > clock_timestamp()")
READY = text("SELECT DISTINCT job_type FROM runs WHERE rank IS NOT NULL")
BLOCKED = text("SELECT DISTINCT job_type FROM runs WHERE due_at IS NOT NULL AND blocked_reason IS NOT NULL")
FORGOTTEN = text("SELECT EXISTS (SELECT FROM runs WHERE rank IS NOT NULL AND NOT announced)")
QUEUE = text(
    """
    SELECT job_type, 'ready' AS state, count(*), min(ready_at)
    FROM runs WHERE rank IS NOT NULL GROUP BY job_type
    UNION ALL
    SELECT job_type, CASE WHEN blocked_reason IS NULL THEN 'delayed' ELSE 'blocked' END, count(*), NULL
    FROM runs WHERE due_at IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT job_type, 'running', count(*), NULL
    FROM runs WHERE owner IS NOT NULL GROUP BY job_type
    """
)


class Reads:
    """On a small pool of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def handled_types(self) -> frozenset[str]:
        """Job types that some live replica handles."""
        return await self._texts(HANDLED)

    async def ready_types(self) -> frozenset[str]:
        """Job types that wait for a slot."""
        return await self._texts(READY)

    async def blocked_types(self) -> frozenset[str]:
        """Job types of which some run is blocked."""
        return await self._texts(BLOCKED)

    async def any_forgotten(self) -> bool:
        """Whether a ready run has not been announced; also one whose batch is just under way."""
        async with self._engine.connect() as connection:
            return bool(await connection.scalar(FORGOTTEN))

    async def queue(self) -> list[QueueDepth]:
        """Runs by type and state: `ready`, `delayed`, `blocked`, `running`."""
        async with self._engine.connect() as connection:
            found = await connection.execute(QUEUE)
        return [
            QueueDepth(
                job_type=job_type, state=state, count=count, oldest_ready_at=oldest if state == "ready" else None
            )
            for job_type, state, count, oldest in found
        ]

    async def _texts(self, statement: TextClause) -> frozenset[str]:
        async with self._engine.connect() as connection:
            return frozenset(await connection.scalars(statement))
