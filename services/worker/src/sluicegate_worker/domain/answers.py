"""Answers that a run owes: they ride on its next lifecycle, whatever that is about."""

import json
from dataclasses import dataclass
from uuid import UUID

from sluicegate_schemas.job_lifecycle import AnswerOutcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a control or of a decision."""

    outcome: AnswerOutcome
    reason: str | None = None
    control_id: UUID | None = None
    decision_id: UUID | None = None

    def to_json(self) -> str:
        """As a lifecycle carries it."""
        fields = {
            "controlId": self.control_id and str(self.control_id),
            "decisionId": self.decision_id and str(self.decision_id),
            "outcome": self.outcome.value,
            "reason": self.reason,
        }
        return json.dumps({name: value for name, value in fields.items() if value is not None})


def owe(owed: str | None, answer: Answer) -> str:
    """The owed answers with one more; the same one is owed once."""
    text = answer.to_json()
    if owed is None:
        return f"[{text}]"
    return owed if text in owed else f"{owed[:-1]},{text}]"
