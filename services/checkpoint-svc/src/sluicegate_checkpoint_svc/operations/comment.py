"""Adds a remark to the discussion of a checkpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.domain.errors import UnknownCheckpoint
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, COMMENTS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class AddComment(Operation[Comment]):
    """Gives the comment, with the time at which it was made."""

    comment_id: UUID
    """Made before the first try: a row that is there already stays as it is."""
    checkpoint_id: UUID
    by: str
    text: str

    @property
    def size(self) -> int:
        return len(self.text)

    def locks(self) -> Iterable[Need]:
        return (CHECKPOINTS.lock(self.checkpoint_id),)

    def decide(self, rows: Rows) -> Comment:
        if rows.get(CHECKPOINTS, self.checkpoint_id) is None:
            raise UnknownCheckpoint(self.checkpoint_id)
        comment = Comment(self.comment_id, self.checkpoint_id, self.by, self.text, rows.now)
        rows.put(COMMENTS, comment)
        return comment
