"""What this service makes of each record that it reads."""

from typing import Annotated, ClassVar

from pydantic import Field

from sluicegate_checkpoint_svc.domain import recording
from sluicegate_checkpoint_svc.operations.follow import FollowRun
from sluicegate_checkpoint_svc.operations.record import RecordCheckpoint
from sluicegate_checkpoint_svc.operations.settlement import Settlement
from sluicegate_kit.kafka.ingest import Subscription
from sluicegate_kit.kafka.ports import Record
from sluicegate_kit.tracing import Tracing
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import JobId
from sluicegate_schemas.job_lifecycle import ANSWERS_HEADER, STATUS_HEADER, Answer, Status
from sluicegate_schemas.model import Event
from sluicegate_schemas.topics import CHECKPOINT_CREATED, JOB_LIFECYCLE


class RunNews(Event):
    """Of a `job-lifecycle`, what this service needs; the rest is not read."""

    event: ClassVar = "job-lifecycle"

    job_id: JobId
    run: Annotated[int, Field(ge=1)]
    status: Status
    answers: list[Answer] | None = None

    @property
    def may_leave_an_approval_open(self) -> bool:
        """Whether the run has ended otherwise than by its handler's return, which no open approval lets happen."""
        return self.status in CLOSING


CLOSING = frozenset(status for status in Status if status.terminal and status is not Status.SUCCEEDED)
_OF_NO_CONCERN = frozenset(status.encode() for status in Status if status not in CLOSING)


def subscriptions(settlement: Settlement, tracing: Tracing | None = None) -> tuple[Subscription, ...]:
    """One per topic. Each raises MalformedRecord for a record that is not what its topic carries."""

    def created(record: Record) -> RecordCheckpoint:
        received = envelope.read(CheckpointCreated, record.value, record.headers)
        event = received.data
        assert isinstance(event, CheckpointCreated)
        if tracing is not None:
            about = {"job.id": event.job_id, "checkpoint.id": str(event.checkpoint_id)}
            tracing.mark("receive checkpoint-created", about, parent=received.traceparent)
        return RecordCheckpoint(event, recording.check(event), settlement)

    def lifecycle(record: Record) -> FollowRun | None:
        if record.header(STATUS_HEADER) in _OF_NO_CONCERN and record.header(ANSWERS_HEADER) is None:
            return None  # most events, and not read any further
        news = envelope.read(RunNews, record.value, record.headers).data
        assert isinstance(news, RunNews)
        answers = tuple(answer for answer in news.answers or () if answer.decision_id is not None)
        if not answers and not news.may_leave_an_approval_open:
            return None
        return FollowRun(news.job_id, news.run, news.may_leave_an_approval_open, answers, settlement)

    return (Subscription(CHECKPOINT_CREATED, created), Subscription(JOB_LIFECYCLE, lifecycle))
