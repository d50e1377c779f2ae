"""The states of a checkpoint."""

from enum import StrEnum


class State(StrEnum):
    """Where a checkpoint stands. An approval goes from pending to one of the others, once; an info is recorded."""

    PENDING = "pending"
    """Waits for a person, a deadline, the end of its run, or a later ask."""
    APPROVED = "approved"
    """A person let the payload, or an edited one, through."""
    REJECTED = "rejected"
    """A person said no."""
    EXPIRED = "expired"
    """Its deadline passed first; it was no person's answer."""
    CANCELLED = "cancelled"
    """Its run ended first."""
    INVALIDATED = "invalidated"
    """A later ask took its place."""
    RECORDED = "recorded"
    """An info: it blocks nobody and is never decided."""
