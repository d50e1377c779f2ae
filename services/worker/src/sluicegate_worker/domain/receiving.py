"""What other services say: requests, decisions, and calls for the latest state."""

import json
from datetime import datetime
from typing import assert_never

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome, Status
from sluicegate_worker.domain.answers import Answer, owe
from sluicegate_worker.domain.commands import DecisionReceived, ReportAsked, RequestReceived
from sluicegate_worker.domain.decisions import RESUMING, answer, effect_on, journal
from sluicegate_worker.domain.ending import end, tell
from sluicegate_worker.domain.errors import JobIdConflict
from sluicegate_worker.domain.events import Decided, Journaled
from sluicegate_worker.domain.journal import Effect, Entry
from sluicegate_worker.domain.rank import first_rank, resume_rank
from sluicegate_worker.domain.run import Run


def begin(request: RequestReceived, now: datetime) -> Run:
    """The first run of a job that is new here; it owes its first lifecycle."""
    later = request.run_at is not None and request.run_at > now
    ready_at = request.run_at if later and request.run_at is not None else now
    return Run(
        job_id=request.job_id,
        run=1,
        job_type=request.job_type,
        status=Status.QUEUED,
        priority=request.priority,
        attempt=1,
        max_attempts=request.max_attempts,
        request_digest=request.digest,
        upstream=request.upstream,
        ready_at=ready_at,
        rank=None if later else first_rank(ready_at, request.priority),
        due_at=ready_at if later else None,
        owes_request=request.upstream,
    )


def request(run: Run, again: RequestReceived) -> Decided:
    """The same request once more is answered once more."""
    if run.request_digest != again.digest:
        raise JobIdConflict(f"job {run.job_id} was requested before with other content")
    return tell(run._replace(owes_request=run.upstream), run.owed_answers)


def report(run: Run, asked: ReportAsked) -> Decided:
    """The latest state once more, with the request."""
    answers = run.owed_answers
    if asked.control_id is not None:
        answers = owe(answers, Answer(AnswerOutcome.APPLIED, control_id=asked.control_id))
    return tell(run._replace(owes_request=True), answers)


def decision(run: Run, received: DecisionReceived, now: datetime) -> Decided:
    """The first decision on a checkpoint counts, once; it is answered as often as it comes."""
    entry, verdict = received.entry, received.verdict
    if entry.decision_id is not None:
        return tell(run, owe(run.owed_answers, answer(entry, verdict.decision_id)))
    effect = effect_on(run, entry, verdict)
    entry = journal(entry, verdict, effect)
    answers = owe(run.owed_answers, answer(entry, verdict.decision_id))
    match effect:
        case Effect.MOOT:
            decided = tell(run, answers)
        case Effect.MISMATCHED:
            decided = _mismatched(run, entry, answers, now)
        case Effect.APPLIED:
            decided = _applied(run, entry, answers, now)
        case _:
            assert_never(effect)
    return Decided(decided.run, (Journaled(entry), *decided.events))


def _mismatched(run: Run, entry: Entry, answers: str, now: datetime) -> Decided:
    if run.waiting_for != entry.checkpoint_id:
        return tell(run, answers)
    return _fail(run, answers, "DecisionMismatch", "the decision is about another payload", now)


def _applied(run: Run, entry: Entry, answers: str, now: datetime) -> Decided:
    if run.waiting_for != entry.checkpoint_id:
        return tell(run, answers)
    if entry.outcome in RESUMING:
        return Decided(
            run._replace(
                status=Status.QUEUED,
                waiting_for=None,
                ready_at=now,
                rank=resume_rank(now, run.priority),
                announced=False,
                owed_answers=answers,
            )
        )
    if entry.outcome is Outcome.CANCELLED:
        return end(run._replace(owed_answers=answers, waiting_for=None), Status.CANCELLED, now)
    return _fail(run, answers, "CheckpointInvalidated", "the checkpoint was invalidated", now)


def _fail(run: Run, answers: str, kind: str, message: str, now: datetime) -> Decided:
    error = json.dumps({"type": kind, "message": message, "retryable": False})
    return end(run._replace(owed_answers=answers, waiting_for=None), Status.FAILED, now, error=error)
