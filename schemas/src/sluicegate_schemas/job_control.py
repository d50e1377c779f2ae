"""`job-control`: cancel or retry a job, or tell its latest state again."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from sluicegate_schemas.ids import JobId
from sluicegate_schemas.model import Event, LongText, ShortText, Timestamp

EVERY_JOB = "*"


class Action(StrEnum):
    """What a control asks for."""

    CANCEL = "cancel"
    RETRY = "retry"
    REPORT = "report"
    """Publish the run's latest lifecycle, with its request, and its checkpoints again."""


class JobControl(Event):
    """One command for one job; `report` may name `*`, every job."""

    event: ClassVar = "job-control"
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"action": {"enum": ["cancel", "retry"]}}},
            "then": {
                "required": ["controlSeq"],
                "properties": {"controlSeq": {"type": "integer"}, "jobId": {"not": {"const": "*"}}},
            },
        }
    )

    control_id: UUID
    control_seq: Annotated[int, Field(ge=1, strict=True)] | None = None
    """Counted per job by the api; not for `report`. The worker refuses one that is older than the last it applied."""
    job_id: JobId | Literal["*"]
    run: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The run that the caller saw."""
    action: Action
    requested_by: ShortText
    reason: LongText | None = None
    at: Timestamp

    @model_validator(mode="after")
    def _fits_its_action(self) -> Self:
        if self.action is not Action.REPORT and (self.control_seq is None or self.job_id == EVERY_JOB):
            raise ValueError(f"{self.action} needs controlSeq and one job")
        return self
