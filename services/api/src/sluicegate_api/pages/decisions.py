"""Says what a run waited for, and who decided what on it."""

import json
from dataclasses import dataclass

from sluicegate_api.domain.checkpoints import Checkpoint
from sluicegate_api.domain.story import Asked
from sluicegate_api.pages.paths import review
from sluicegate_api.pages.words import Part, Sentence, link, name, quote, sentence
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import AnswerOutcome


@dataclass(frozen=True, slots=True)
class Told:
    """A wait for a person, as the timeline tells it."""

    said: Sentence
    tone: str
    icon: str
    reason: str | None = None
    """In the words of whoever decided."""


def say(asked: Asked, checkpoint: Checkpoint | None) -> Told:
    """The wait. What was asked, and what was decided, may reach the api after the run has gone on."""
    title = _title(asked, checkpoint)
    decision = None if checkpoint is None else checkpoint.decision
    if decision is None:
        if asked.ended is None:
            return Told(sentence("Waits for a decision on ", title), "warn", "hand")
        return Told(sentence("Waited for a decision on ", title), "neutral", "hand")
    who = _people(json.loads(decision.decided_by))
    match decision.outcome:
        case Outcome.APPROVED if decision.edited:
            told = Told(sentence(*who, " approved ", title, " with changes"), "good", "edit", decision.reason)
        case Outcome.APPROVED:
            told = Told(sentence(*who, " approved ", title), "good", "check", decision.reason)
        case Outcome.REJECTED:
            told = Told(sentence(*who, " rejected ", title), "odd", "stop", decision.reason)
        case Outcome.EXPIRED:
            told = Told(sentence("Nobody decided in time on ", title), "late", "hourglass")
        case Outcome.CANCELLED:
            return Told(sentence("The question was closed with its run: ", title), "spent", "ban")
        case Outcome.INVALIDATED:
            return Told(sentence("A later question took the place of ", title), "spent", "swap")
    return Told((*told.said, *_not_applied(checkpoint)), told.tone, told.icon, told.reason)


def _title(asked: Asked, checkpoint: Checkpoint | None) -> Part:
    href = review(asked.checkpoint_id)
    if checkpoint is None or checkpoint.ask is None:
        return link("a checkpoint", href)
    return quote(checkpoint.ask.title, href)


def _people(names: list[str]) -> tuple[Part | str, ...]:
    if not names:
        return ("Nobody in person",)
    found: list[Part | str] = []
    for place, one in enumerate(names):
        if place:
            found.append(" and " if place == len(names) - 1 else ", ")
        found.append(name(one))
    return tuple(found)


def _not_applied(checkpoint: Checkpoint | None) -> Sentence:
    """A decision that changed nothing says why."""
    answer = None if checkpoint is None else checkpoint.answer
    if answer is None or answer.outcome is AnswerOutcome.APPLIED:
        return ()
    return sentence("; not applied", f": {answer.reason}" if answer.reason else "")
