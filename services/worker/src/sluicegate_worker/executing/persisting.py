"""Waits out an outage of the database: an attempt goes on as long as its lease does."""

import asyncio
from typing import TypeVar

from sluicegate.errors import LeaseLost
from sluicegate_kit.db.errors import DatabaseUnavailable, WritesStopped
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.kafka.writes import Writes
from sluicegate_worker.domain.errors import StaleLease
from sluicegate_worker.executing.replica_lease import ReplicaLease

T = TypeVar("T")

AGAIN_SECONDS = 0.2


async def persist(writes: Writes, operation: Operation[T], lease: ReplicaLease) -> T:
    """Have the operation committed.

    Raises:
        LeaseLost: nothing was written, or nobody knows; in either case the attempt may write nothing more.
    """
    while True:
        if not lease.holds:
            raise LeaseLost("no heartbeat was confirmed in time")
        try:
            return await writes.enqueue(operation)
        except StaleLease as error:
            raise LeaseLost(str(error)) from None
        except WritesStopped as error:
            raise LeaseLost(str(error)) from None
        except DatabaseUnavailable:
            await asyncio.sleep(AGAIN_SECONDS)
