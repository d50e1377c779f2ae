"""Decides many checkpoints at once: each by an operation of its own, all in one commit if they can be."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sluicegate_checkpoint_svc.domain import bulk
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown, Vote
from sluicegate_checkpoint_svc.domain.errors import AlreadyDecided
from sluicegate_checkpoint_svc.domain.requester import Decider
from sluicegate_checkpoint_svc.operations.decide import Decide
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_checkpoint_svc.reads import Reads
from sluicegate_kit.kafka.writes import Writes
from sluicegate_schemas.ids import new_id


@dataclass(frozen=True, slots=True)
class Item:
    """One of the decisions."""

    checkpoint_id: UUID
    shown: Shown
    choice: Choice
    """Approve or reject; an edit is made one at a time."""
    reason: str | None = None


Result: TypeAlias = Checkpoint | Exception
"""The checkpoint, decided as asked; or why it is not."""


class Bulk:
    """Many decisions of one person. One that is refused keeps no other from being taken."""

    def __init__(self, writes: Writes, reads: Reads, settlement: Settlement) -> None:
        self._writes = writes
        self._reads = reads
        self._settlement = settlement

    async def decide(self, items: Sequence[Item], by: Decider) -> list[Result]:
        """A result for each, in their order.

        Raises:
            TooManyApprovals, SeveralJobTypes: and nothing is decided.
        """
        approved = [item.checkpoint_id for item in items if item.choice is Choice.APPROVE]
        batch = bulk.batch(len(approved), await self._reads.job_types(approved)) if approved else None
        operations = [
            Decide(
                item.checkpoint_id,
                Vote(
                    decision_id=new_id(),
                    choice=item.choice,
                    by=by,
                    reason=item.reason,
                    shown=(item.shown,),
                    batch=batch if item.choice is Choice.APPROVE else None,
                ),
                self._settlement,
            )
            for item in items
        ]
        # Enqueued before anything is awaited: so they are committed together.
        committed = [self._writes.enqueue(operation) for operation in operations]
        outcomes = await asyncio.gather(*committed, return_exceptions=True)
        return [_result(operation, outcome) for operation, outcome in zip(operations, outcomes, strict=True)]


def _result(operation: Decide, outcome: Checkpoint | BaseException) -> Result:
    match outcome:
        case Checkpoint():
            return outcome if operation.won(outcome) else AlreadyDecided(outcome)
        case Exception():
            return outcome
        case _:
            raise outcome
