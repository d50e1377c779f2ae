"""Shapes of answers, for the OpenAPI document alone."""

from datetime import datetime
from typing import Literal

from sluicegate_kit.web.shape import Shape
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Status


class WaitModel(Shape):
    """How long persons took for their answers."""

    answers: int
    p50_seconds: float | None
    p95_seconds: float | None


class FiguresModel(Shape):
    """Of one job type or of all, in the window."""

    ended: dict[Status, int]
    """Runs that ended, by how."""
    decided: dict[Outcome, int]
    """Approvals that were decided, by how."""
    wait: WaitModel
    pending: int
    """Approvals that wait now, since whenever."""
    oldest_pending_at: datetime | None


class TypeModel(FiguresModel):
    """Of one job type."""

    job_type: str


class SliceModel(Shape):
    """Of one slice of the window."""

    start: datetime
    ended: dict[Status, int]
    decided: dict[Outcome, int]
    wait: WaitModel


class InsightsModel(Shape):
    """The figures of a window."""

    window: Literal["hour", "day", "week"]
    start: datetime
    slice_seconds: int
    as_of: datetime
    complete: bool
    """False: the service still reads what was in Kafka when it started."""
    behind: int | None
    """Records of the log that were not read when it was looked at last; null: Kafka gives no answer."""
    job_type: str | None = None
    total: FiguresModel
    slices: list[SliceModel]
    job_types: list[TypeModel]
    """The busiest 100."""
    job_types_left_out: int
