"""Takes note that a person has seen an info checkpoint."""

from datetime import datetime

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import NotAnInfo
from sluicegate_schemas.checkpoint_created import Kind


def acknowledge(checkpoint: Checkpoint, by: str, now: datetime) -> Checkpoint:
    """The checkpoint with its first acknowledgement; a later one changes nothing.

    Raises:
        NotAnInfo
    """
    if checkpoint.kind is not Kind.INFO:
        raise NotAnInfo(checkpoint)
    if checkpoint.acknowledged_at is not None:
        return checkpoint
    return checkpoint._replace(acknowledged_by=by, acknowledged_at=now, version=checkpoint.version + 1)
