"""A verified decision meets the checkpoint that it is about."""

from dataclasses import dataclass
from uuid import UUID

from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome
from sluicegate_worker.domain.answers import Answer
from sluicegate_worker.domain.journal import Effect, Entry
from sluicegate_worker.domain.run import Run

RESUMING = frozenset({Outcome.APPROVED, Outcome.REJECTED, Outcome.EXPIRED})
"""Outcomes that the handler is told; the others end or leave the run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checkpoint-svc signed, and the edited bytes that its digest covers."""

    checkpoint_id: UUID
    decision_id: UUID
    outcome: Outcome
    payload_digest: str
    edited: bytes | None
    decided: str
    """JSON `{decidedBy, reason, at}`."""


def effect_on(run: Run, entry: Entry, verdict: Verdict) -> Effect:
    """What the first decision on this entry does."""
    if run.run != entry.run or run.status.terminal:
        return Effect.MOOT
    if verdict.payload_digest != entry.digest:
        return Effect.MISMATCHED
    if verdict.outcome not in RESUMING and run.waiting_for != entry.checkpoint_id:
        return Effect.MOOT
    return Effect.APPLIED


def journal(entry: Entry, verdict: Verdict, effect: Effect) -> Entry:
    """The entry with its decision."""
    return entry._replace(
        decision_id=verdict.decision_id,
        outcome=verdict.outcome,
        edited=verdict.edited,
        decided=verdict.decided,
        effect=effect,
    )


def answer(entry: Entry, decision_id: UUID) -> Answer:
    """What became of `decision_id`, by the journal: a decided entry keeps its first decision."""
    if entry.decision_id != decision_id:
        return Answer(AnswerOutcome.MOOT, "another decision came first", decision_id=decision_id)
    match entry.effect:
        case Effect.APPLIED:
            return Answer(AnswerOutcome.APPLIED, decision_id=decision_id)
        case Effect.MISMATCHED:
            return Answer(AnswerOutcome.REFUSED, "it is about another payload", decision_id=decision_id)
        case _:
            return Answer(AnswerOutcome.MOOT, "the run is over or has asked anew", decision_id=decision_id)
