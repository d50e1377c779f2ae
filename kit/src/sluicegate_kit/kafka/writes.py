"""What ingest needs from the write loop."""

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeVar

from sluicegate_kit.db.operation import Operation

T = TypeVar("T")


class Writes(Protocol):
    """Commits operations, each all or nothing."""

    def enqueue(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Have it committed, after those enqueued before it. Returns at once; the future says what became of it."""

    async def submit(self, operation: Operation[T]) -> T:
        """`enqueue`, and wait."""

    async def submit_all(self, operations: Sequence[Operation[T]]) -> list[T | BaseException]:
        """Have them committed, in their order, and wait for all: what each gave, or the exception that it met."""
