"""`checkpoint-created`: a run asks a person, or tells one something."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from sluicegate_schemas.ids import CheckpointKey, JobId
from sluicegate_schemas.job_requested import JobType
from sluicegate_schemas.model import Digest, Event, LongText, Part, ShortText, Timestamp


class Kind(StrEnum):
    """What a checkpoint wants."""

    APPROVAL = "approval"
    """Blocks the run until it is decided."""
    INFO = "info"
    """Blocks nobody; may be acknowledged."""


class Risk(StrEnum):
    """How much harm a wrong approval could do, in the handler's own judgement."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


Sentence = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class View(Part):
    """A reading aid for the payload."""

    kind: str
    """`files`, `table` or `json`; an unknown one shows the tree."""
    at: str = ""
    """JSON pointer (RFC 6901) to the part that the view is for."""
    before: str | None = None
    """JSON pointer to the part with what the rows of a `table` were."""
    words: Annotated[list[Sentence], Field(max_length=100)] | None = None
    """What the part says, in the handler's words."""


class CheckpointCreated(Event):
    """The ask, with the exact bytes that an approval would let through."""

    event: ClassVar = "checkpoint-created"

    checkpoint_id: UUID
    job_id: JobId
    run: Annotated[int, Field(ge=1, strict=True)]
    job_type: JobType
    key: CheckpointKey
    ask: Annotated[int, Field(ge=1, strict=True)]
    supersedes: UUID | None = None
    kind: Kind
    title: ShortText
    description: LongText | None = None
    payload: str
    """The exact JSON text; never re-encoded."""
    payload_digest: Digest
    payload_schema: dict[str, JsonValue] | None = None
    view: View | None = None
    allowed_decisions: list[str]
    """Of `approve`, `reject`, `edit`; an unknown one isn't offered."""
    risk: Risk = Risk.MEDIUM
    policy: str | None = None
    expires_in_seconds: Annotated[float, Field(gt=0, le=315_360_000, strict=True)] | None = None
    """Counted from when checkpoint-svc records it. None: never."""
    on_expiry: str = "expire"
    handler_version: str
    requested_by: str
    at: Timestamp
