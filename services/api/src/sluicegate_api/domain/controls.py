"""Cancel and retry: what the api lets through, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sluicegate_api.domain.errors import JobHasEnded, JobHasNotEnded
from sluicegate_api.domain.job import Job
from sluicegate_schemas.job_control import Action, JobControl
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome


class Control(NamedTuple):
    """One cancel or retry. It is pending until the worker says what became of it."""

    control_id: UUID
    job_id: str
    control_seq: int
    run: int
    """The run that the caller saw."""
    action: Action
    requested_by: str
    reason: str | None
    at: datetime
    outcome: AnswerOutcome | None = None
    outcome_reason: str | None = None
    answered_at: datetime | None = None

    @property
    def pending(self) -> bool:
        """Whether it has had no answer yet."""
        return self.outcome is None

    def event(self) -> JobControl:
        """As the worker gets it."""
        return JobControl(
            control_id=self.control_id,
            control_seq=self.control_seq,
            job_id=self.job_id,
            run=self.run,
            action=self.action,
            requested_by=self.requested_by,
            reason=self.reason,
            at=self.at,
        )


@dataclass(frozen=True, slots=True)
class Command:
    """What a caller wants done with a job. `control_id` is made before the first try."""

    control_id: UUID
    job_id: str
    action: Action
    requested_by: str
    reason: str | None = None


def order(job: Job, pending: list[Control], command: Command, now: datetime) -> tuple[Job, Control]:
    """The job with its counter moved on, and the control; one that already says the same and is pending, as it is.

    Raises:
        JobHasEnded, JobHasNotEnded: by the state known here, which may be behind; the worker has the last word.
    """
    if command.action is Action.CANCEL and job.status.terminal:
        raise JobHasEnded(job.job_id, job.status)
    if command.action is Action.RETRY and not job.status.terminal:
        raise JobHasNotEnded(job.job_id, job.status)
    for control in pending:
        if control.pending and (control.action, control.run) == (command.action, job.run):
            return job, control
    moved = job._replace(control_seq=job.control_seq + 1)
    return moved, Control(
        command.control_id,
        job.job_id,
        moved.control_seq,
        job.run,
        command.action,
        command.requested_by,
        command.reason,
        now,
    )


def answer(control: Control, said: Answer, now: datetime) -> Control:
    """The control with its outcome. The first answer stays; a repeated one says the same."""
    if not control.pending:
        return control
    return control._replace(outcome=said.outcome, outcome_reason=said.reason, answered_at=now)
