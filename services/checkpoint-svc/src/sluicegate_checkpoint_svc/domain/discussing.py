"""What people say about a checkpoint. It changes neither what is decided on nor its version."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Comment(NamedTuple):
    """One remark. It is never changed."""

    comment_id: UUID
    checkpoint_id: UUID
    by: str
    text: str
    at: datetime
