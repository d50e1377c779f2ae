"""What the api knows of a checkpoint: three facts from three senders, each of which may come first.

Each fact is kept as it came and never changed, so any order and any repetition gives the same picture. A decision whose
ask has not come yet is a stub that the ask completes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sluicegate_schemas.checkpoint_created import CheckpointCreated, Kind, Risk
from sluicegate_schemas.checkpoint_decided import CheckpointDecided, Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome, JobLifecycle


class Ask(NamedTuple):
    """What the worker asked, without the payload."""

    checkpoint_id: UUID
    job_id: str
    run: int
    job_type: str
    key: str
    ask: int
    kind: Kind
    title: str
    description: str | None
    risk: Risk
    payload_digest: str
    requested_by: str
    handler_version: str
    at: datetime


class Decision(NamedTuple):
    """What checkpoint-svc says was decided."""

    decision_id: UUID
    checkpoint_id: UUID
    job_id: str
    run: int
    outcome: Outcome
    decided_by: str
    """A JSON list; empty where no person decided."""
    reason: str | None
    edited: bool
    at: datetime


class DecisionAnswer(NamedTuple):
    """What the worker says became of a decision; it has checked the signature."""

    decision_id: UUID
    job_id: str
    outcome: AnswerOutcome
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The three facts together; at least one of `ask` and `decision` is there."""

    checkpoint_id: UUID
    job_id: str
    run: int
    ask: Ask | None
    decision: Decision | None
    answer: DecisionAnswer | None

    @property
    def state(self) -> str:
        """`pending`, `recorded` (an info), or the outcome of its decision."""
        if self.decision is not None:
            return self.decision.outcome.value
        return "recorded" if self.ask is not None and self.ask.kind is Kind.INFO else "pending"

    @property
    def summary(self) -> str:
        """The state in words, with what became of a decision that changed nothing."""
        if self.decision is not None and self.answer is not None and self.answer.outcome is not AnswerOutcome.APPLIED:
            because = f": {self.answer.reason}" if self.answer.reason else ""
            return f"{self.state}, not applied{because}"
        return self.state


def ask(event: CheckpointCreated) -> Ask:
    """The fact that `checkpoint-created` brings."""
    return Ask(
        event.checkpoint_id,
        event.job_id,
        event.run,
        event.job_type,
        event.key,
        event.ask,
        event.kind,
        event.title,
        event.description,
        event.risk,
        event.payload_digest,
        event.requested_by,
        event.handler_version,
        event.at,
    )


def decision(event: CheckpointDecided) -> Decision:
    """The fact that `checkpoint-decided` brings."""
    return Decision(
        event.decision_id,
        event.checkpoint_id,
        event.job_id,
        event.run,
        event.outcome,
        json.dumps(event.decided_by),
        event.reason,
        event.edited_payload is not None,
        event.at,
    )


def decision_answers(event: JobLifecycle) -> list[DecisionAnswer]:
    """The facts that the answers of a `job-lifecycle` bring."""
    return [
        DecisionAnswer(answer.decision_id, event.job_id, answer.outcome, answer.reason, event.at)
        for answer in event.answers or ()
        if answer.decision_id is not None
    ]


def picture(asks: Iterable[Ask], decisions: Iterable[Decision], answers: Iterable[DecisionAnswer]) -> list[Checkpoint]:
    """The checkpoints of a job, the oldest ask first, stubs last.

    The api holds no decision key, and whoever can write to the topic can claim anything. A decision therefore counts
    once the worker, which checks the signature, has answered it: milliseconds later, and never for a forged one.
    """
    by_decision = {answer.decision_id: answer for answer in answers}
    by_checkpoint: dict[UUID, Decision] = {}
    for found in sorted(decisions, key=lambda found: (found.at, found.decision_id)):
        if found.decision_id in by_decision:
            by_checkpoint.setdefault(found.checkpoint_id, found)
    ordered = sorted(asks, key=lambda asked: (asked.run, asked.at, asked.checkpoint_id))
    complete = [
        _together(
            asked.checkpoint_id,
            asked.job_id,
            asked.run,
            asked,
            by_checkpoint.pop(asked.checkpoint_id, None),
            by_decision,
        )
        for asked in ordered
    ]
    stubs = [
        _together(left.checkpoint_id, left.job_id, left.run, None, left, by_decision)
        for left in sorted(by_checkpoint.values(), key=lambda left: (left.run, left.at, left.checkpoint_id))
    ]
    return complete + stubs


def _together(
    checkpoint_id: UUID,
    job_id: str,
    run: int,
    asked: Ask | None,
    decided: Decision | None,
    answers: dict[UUID, DecisionAnswer],
) -> Checkpoint:
    answer = None if decided is None else answers.get(decided.decision_id)
    return Checkpoint(checkpoint_id, job_id, run, asked, decided, answer)
