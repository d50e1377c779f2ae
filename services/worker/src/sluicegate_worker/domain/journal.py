"""The journal of a run: results and decisions, found by name, never by position."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sluicegate_schemas.checkpoint_decided import Outcome


class EntryKind(StrEnum):
    """What an entry keeps."""

    STEP = "step"
    APPROVAL = "approval"
    INFO = "info"


class Effect(StrEnum):
    """What a decision did to its run."""

    APPLIED = "applied"
    MOOT = "moot"
    """The run was over, or had asked anew."""
    MISMATCHED = "mismatched"
    """It was about other bytes than those that were asked about."""


class Entry(NamedTuple):
    """One entry. A step's `content` is its result; a checkpoint's is the exact payload that a person sees."""

    job_id: str
    run: int
    name: str
    kind: EntryKind
    content: bytes
    recorded_at: datetime
    duration_ms: float = 0.0
    checkpoint_id: UUID | None = None
    ask: int | None = None
    digest: str | None = None
    """Of a checkpoint's content."""
    asked: str | None = None
    """JSON: the rest of `checkpoint-created`, so that it can be told again."""
    decision_id: UUID | None = None
    outcome: Outcome | None = None
    edited: bytes | None = None
    """The exact bytes that run instead."""
    decided: str | None = None
    """JSON `{decidedBy, reason, at}`: for people."""
    effect: Effect | None = None
