"""How a run is told of, leaves its lease, and ends."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_worker.domain.answers import Answer, owe
from sluicegate_worker.domain.events import Decided, Settled, Told
from sluicegate_worker.domain.run import Run


def tell(run: Run, answers: str | None, *, open_approval: UUID | None = None, **changes: Any) -> Decided:
    """The run with `changes`, and a lifecycle that says so and carries `answers` and an owed request."""
    after = run._replace(seq=run.seq + 1, announced=True, owed_answers=None, owes_request=False, **changes)
    return Decided(after, (Told(after, answers, run.owes_request, open_approval),))


def end(
    run: Run,
    status: Status,
    now: datetime,
    *,
    steps: str | None = None,
    result: str | None = None,
    error: str | None = None,
    written_by: UUID | None = None,
) -> Decided:
    """The run in a terminal state. A cancel that was asked for is answered: applied, or the handler was first."""
    answers = run.owed_answers
    settled: tuple[Settled, ...] = ()
    if run.cancel_control is not None:
        answer = (
            Answer(AnswerOutcome.APPLIED, control_id=run.cancel_control)
            if status is Status.CANCELLED
            else Answer(AnswerOutcome.REFUSED, "already finished", control_id=run.cancel_control)
        )
        answers, settled = owe(answers, answer), (Settled(answer),)
    ran_ms = ran(run, now)
    told = tell(
        run,
        answers,
        open_approval=run.waiting_for,
        status=status,
        rank=None,
        due_at=None,
        blocked_reason=None,
        owner=None,
        claimed_at=None,
        cancel_control=None,
        waiting_for=None,
        steps=steps if steps is not None else run.steps,
        result=result,
        error=error,
        running_ms=run.running_ms + ran_ms,
        attempt_ms=run.attempt_ms + ran_ms,
        finished_at=now,
        written_by=written_by,
    )
    return Decided(told.run, settled + told.events) if settled else told


def ran(run: Run, now: datetime) -> float:
    """Milliseconds since the claim; 0 for a run that is not running."""
    return 0.0 if run.claimed_at is None else max(0.0, (now - run.claimed_at).total_seconds() * 1000)
