"""What people say about a checkpoint. It changes neither what is decided on nor its version."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark. It is never changed."""

    comment_id: UUID
    checkpoint_id: UUID
    by: str
    text: str
    at: datetime
