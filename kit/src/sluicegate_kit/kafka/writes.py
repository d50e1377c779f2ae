"""What ingest needs from the write loop."""

import asyncio
from typing import Protocol, TypeVar

from sluicegate_kit.db.operation import Operation

T = TypeVar("T")


class Writes(Protocol):
    """Commits operations, each all or nothing."""

    def enqueue(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Have it committed, after those enqueued before it. Returns at once; the future says what became of it."""

    async def submit(self, operation: Operation[T]) -> T:
        """`enqueue`, and wait."""
