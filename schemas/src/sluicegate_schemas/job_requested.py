"""`job-requested`: somebody wants a job done."""

from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, StringConstraints

from sluicegate_schemas.ids import JobId
from sluicegate_schemas.model import Event, LongText, ShortText, Timestamp, Whole

JobType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Priority = Annotated[int, Whole(1, 10)]
Attempts = Annotated[int, Whole(1, 100)]


class JobRequested(Event):
    """One request for work. The api's own records carry the header `sg_mac`; any other is upstream's."""

    event: ClassVar = "job-requested"

    job_id: JobId
    job_type: JobType
    task_description: LongText
    input_data: dict[str, JsonValue] = Field(default_factory=dict)
    priority: Priority = 5
    requested_by: ShortText | None = None
    max_attempts: Attempts = 3
    timeout_seconds: Annotated[float, Field(gt=0, le=31_536_000, strict=True)] | None = None
    """Running time of one attempt; waiting for a person does not count. None: no limit."""
    run_at: Timestamp | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] = Field(default_factory=list)
