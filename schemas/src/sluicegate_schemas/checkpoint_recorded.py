"""`checkpoint-recorded`: checkpoint-svc has it. Sent only in answer to a resend, so that the fast path pays nothing."""

from typing import ClassVar
from uuid import UUID

from sluicegate_schemas.ids import JobId
from sluicegate_schemas.model import Event, Timestamp


class CheckpointRecorded(Event):
    """Answers a repeated `checkpoint-created` that is not decided yet."""

    event: ClassVar = "checkpoint-recorded"

    checkpoint_id: UUID
    job_id: JobId
    at: Timestamp
