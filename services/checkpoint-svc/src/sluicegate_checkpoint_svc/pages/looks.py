"""How states and risks look: a word, a tone, an icon; never the tone alone."""

from dataclasses import dataclass

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_created import Risk


@dataclass(frozen=True, slots=True)
class Look:
    """Of a state."""

    word: str
    tone: str
    icon: str


STATES = {
    State.PENDING: Look("Pending", "warn", "hand"),
    State.APPROVED: Look("Approved", "good", "check"),
    State.REJECTED: Look("Rejected", "odd", "stop"),
    State.EXPIRED: Look("Expired", "late", "hourglass"),
    State.CANCELLED: Look("Cancelled", "spent", "ban"),
    State.INVALIDATED: Look("Invalidated", "spent", "swap"),
    State.RECORDED: Look("Information", "neutral", "info"),
}
ACKNOWLEDGED = Look("Acknowledged", "neutral", "check")
RANKS = {Risk.LOW: 1, Risk.MEDIUM: 2, Risk.HIGH: 3, Risk.CRITICAL: 4}


def look(checkpoint: Checkpoint) -> Look:
    """Of a checkpoint."""
    return ACKNOWLEDGED if checkpoint.acknowledged_at is not None else STATES[checkpoint.state]


def headline(checkpoint: Checkpoint) -> str:
    """What became of a checkpoint, and by whom, without the time."""
    by = checkpoint.decided_by
    match checkpoint.state:
        case State.APPROVED:
            return f"{by} approved {'an edited payload' if checkpoint.edited_digest else 'this'}"
        case State.REJECTED:
            return f"{by} rejected this"
        case State.EXPIRED:
            return "This expired: nobody decided in time"
        case State.CANCELLED:
            return "This was cancelled: its run ended before anybody decided"
        case State.INVALIDATED:
            return "This was invalidated: a later ask took its place"
        case State.RECORDED if checkpoint.acknowledged_by is not None:
            return f"{checkpoint.acknowledged_by} acknowledged this"
        case State.RECORDED:
            return "This informs; it waits for nobody"
        case State.PENDING:
            return "This waits for a decision"
