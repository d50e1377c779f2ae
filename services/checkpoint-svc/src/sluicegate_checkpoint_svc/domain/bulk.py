"""What one person may decide in one go: rejections freely, approvals only of small things of one kind."""

from collections.abc import Collection
from dataclasses import dataclass

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import SeveralJobTypes, TooManyApprovals
from sluicegate_schemas.checkpoint_created import Risk

MOST_DECISIONS = 100
MOST_APPROVALS = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """The approvals that one person gives at once."""

    job_type: str | None
    """Of all of them; None: none of them was known when that was looked up."""

    def takes(self, checkpoint: Checkpoint) -> bool:
        """Whether the checkpoint may be approved among others."""
        return checkpoint.risk is Risk.LOW and checkpoint.job_type == self.job_type


def batch(approvals: int, job_types: Collection[str]) -> Batch:
    """So many approvals at once, of checkpoints of these job types.

    Raises:
        TooManyApprovals, SeveralJobTypes
    """
    if approvals > MOST_APPROVALS:
        raise TooManyApprovals(approvals)
    if len(job_types) > 1:
        raise SeveralJobTypes(sorted(job_types))
    return Batch(next(iter(job_types), None))
