"""What this service learns from each record that it reads."""

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, TypeVar
from uuid import UUID

from pydantic import Field, StrictFloat

from sluicegate_insights.domain.facts import Asked, Decided, Ended, Facts
from sluicegate_kit.kafka.ports import Record
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import JobId
from sluicegate_schemas.job_lifecycle import STATUS_HEADER, Status
from sluicegate_schemas.job_requested import JobType
from sluicegate_schemas.model import Event, Timestamp
from sluicegate_schemas.topics import CHECKPOINT_CREATED, CHECKPOINT_DECIDED, JOB_LIFECYCLE

E = TypeVar("E", bound=Event)


class RunNews(Event):
    """Of a `job-lifecycle`, what this service needs; the rest is not read."""

    event: ClassVar = "job-lifecycle"

    job_id: JobId
    run: Annotated[int, Field(ge=1, strict=True)]
    job_type: JobType
    status: Status
    finished_at: Timestamp | None = None
    at: Timestamp


class AskNews(Event):
    """Of a `checkpoint-created`."""

    event: ClassVar = "checkpoint-created"

    checkpoint_id: UUID
    job_type: JobType
    kind: Kind
    at: Timestamp


class DecisionNews(Event):
    """Of a `checkpoint-decided`. Its signature is not verified: figures let nothing through."""

    event: ClassVar = "checkpoint-decided"

    checkpoint_id: UUID
    outcome: Outcome
    waited_ms: StrictFloat
    at: Timestamp


_NOT_ENDED = frozenset(status.encode() for status in Status if not status.terminal)


def learn_from(record: Record, facts: Facts) -> None:
    """Raises MalformedRecord for a record that is not what its topic carries; nothing is learned from it."""
    _LEARNING[record.topic](record, facts)


def _lifecycle(record: Record, facts: Facts) -> None:
    if record.header(STATUS_HEADER) in _NOT_ENDED:
        return  # most events, and not read any further
    news = _read(RunNews, record)
    if news.status.terminal:
        ended = Ended((news.finished_at or news.at).timestamp(), sys.intern(news.job_type), news.status)
        facts.learn_end(news.job_id, news.run, ended)


def _created(record: Record, facts: Facts) -> None:
    news = _read(AskNews, record)
    if news.kind is Kind.APPROVAL:
        facts.learn_ask(news.checkpoint_id, Asked(news.at.timestamp(), sys.intern(news.job_type)))


def _decided(record: Record, facts: Facts) -> None:
    news = _read(DecisionNews, record)
    facts.learn_decision(news.checkpoint_id, Decided(news.at.timestamp(), news.outcome, news.waited_ms / 1000))


_LEARNING: Mapping[str, Callable[[Record, Facts], None]] = {
    JOB_LIFECYCLE.name: _lifecycle,
    CHECKPOINT_CREATED.name: _created,
    CHECKPOINT_DECIDED.name: _decided,
}
TOPICS = (JOB_LIFECYCLE, CHECKPOINT_CREATED, CHECKPOINT_DECIDED)


def _read(model: type[E], record: Record) -> E:
    data = envelope.read(model, record.value, record.headers).data
    assert isinstance(data, model)
    return data
