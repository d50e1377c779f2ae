"""How states look: a word, a tone, an icon; never the tone alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from sluicegate_schemas.job_lifecycle import Status


@dataclass(frozen=True, slots=True)
class Look:
    """Of a state."""

    word: str
    tone: str
    icon: str


STATUSES: Mapping[Status, Look] = {
    Status.QUEUED: Look("Queued", "neutral", "ring"),
    Status.RUNNING: Look("Running", "accent", "play"),
    Status.WAITING: Look("Waiting", "warn", "hand"),
    Status.SUCCEEDED: Look("Succeeded", "good", "check"),
    Status.FAILED: Look("Failed", "bad", "cross"),
    Status.REJECTED: Look("Rejected", "odd", "stop"),
    Status.EXPIRED: Look("Expired", "late", "hourglass"),
    Status.CANCELLED: Look("Cancelled", "spent", "ban"),
}
RETRYING = Look("Retrying", "neutral", "again")
DELAYED = Look("Delayed", "neutral", "clock")
BLOCKED = Look("Blocked", "warn", "warning")
