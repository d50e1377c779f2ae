"""Controls: cancel and retry, each judged once, in the order that the api gave them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_worker.domain.answers import Answer, owe
from sluicegate_worker.domain.ending import end, tell
from sluicegate_worker.domain.events import Decided, Settled, Superseded
from sluicegate_worker.domain.rank import first_rank
from sluicegate_worker.domain.run import Run

SUPERSEDED = "superseded"
FINISHED = "already finished"
NOT_FINISHED = "not finished"
BEING_CANCELLED = "already being cancelled"


class Control(NamedTuple):
    """One control and what became of it; kept, so that a duplicate gets the same answer."""

    control_id: UUID
    job_id: str
    control_seq: int
    run: int | None
    """The run that the caller saw."""
    action: Action
    requested_by: str
    received_at: datetime
    outcome: AnswerOutcome | None = None
    """None: its job is not known yet, or a running attempt has been told to cancel."""
    outcome_reason: str | None = None

    def answer(self, outcome: AnswerOutcome, reason: str | None = None) -> Answer:
        """An answer that names it."""
        return Answer(outcome, reason, control_id=self.control_id)


def control(run: Run, asked: Control, now: datetime) -> Decided:
    """Judge a control, or answer once more for one that is judged already."""
    if asked.outcome is not None:
        return tell(run, owe(run.owed_answers, asked.answer(asked.outcome, asked.outcome_reason)))
    if run.cancel_control == asked.control_id:
        return Decided(run)
    if asked.control_seq <= run.control_seq or asked.run not in (None, run.run):
        return _settle(run, asked.answer(AnswerOutcome.REFUSED, SUPERSEDED))
    run = run._replace(control_seq=asked.control_seq)
    match asked.action:
        case Action.CANCEL:
            return _cancel(run, asked, now)
        case Action.RETRY:
            return _retry(run, asked, now)
        case Action.REPORT:
            return tell(run, owe(run.owed_answers, asked.answer(AnswerOutcome.APPLIED)))


def _cancel(run: Run, asked: Control, now: datetime) -> Decided:
    if run.status.terminal:
        return _settle(run, asked.answer(AnswerOutcome.REFUSED, FINISHED))
    if run.status is not Status.RUNNING:
        return end(run._replace(cancel_control=asked.control_id), Status.CANCELLED, now)
    if run.cancel_control is not None:
        return _settle(run, asked.answer(AnswerOutcome.MOOT, BEING_CANCELLED))
    return Decided(run._replace(cancel_control=asked.control_id))


def _retry(run: Run, asked: Control, now: datetime) -> Decided:
    if not run.status.terminal:
        return _settle(run, asked.answer(AnswerOutcome.REFUSED, NOT_FINISHED))
    applied = asked.answer(AnswerOutcome.APPLIED)
    following = Run(
        job_id=run.job_id,
        run=run.run + 1,
        job_type=run.job_type,
        status=Status.QUEUED,
        priority=run.priority,
        attempt=1,
        max_attempts=run.max_attempts,
        request_digest=run.request_digest,
        upstream=run.upstream,
        ready_at=now,
        seq=run.seq,
        control_seq=run.control_seq,
        rank=first_rank(now, run.priority),
        lease_no=run.lease_no,
        owes_request=run.owes_request,
        owed_answers=owe(run.owed_answers, applied),
    )
    return Decided(following, (Superseded(run), Settled(applied)))


def _settle(run: Run, answer: Answer) -> Decided:
    told = tell(run, owe(run.owed_answers, answer))
    return Decided(told.run, (Settled(answer), *told.events))
