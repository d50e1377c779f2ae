"""Says where a job stands: how its state looks, what it waits for, and what keeps it from going on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sluicegate_api.domain.hindrances import Hindrance
from sluicegate_api.http.moments import moment
from sluicegate_api.pages import hindrances as hindering
from sluicegate_api.pages.looks import BLOCKED, DELAYED, RETRYING, STATUSES, Look
from sluicegate_api.pages.paths import letter, review
from sluicegate_api.pages.words import Part, Sentence, code, link, name, quote, sentence, when
from sluicegate_api.reads.jobs import KnownJob
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one job."""

    look: Look
    said: tuple[Sentence, ...]
    """The most important first."""
    review: str | None = None
    """Where a person can let it go on."""


def standing(
    known: KnownJob, now: datetime, hindrances: Sequence[Hindrance] = (), *, letters: bool = False
) -> Standing:
    """Of a job as it is known. `letters`: whoever looks may open dead letters."""
    pending = () if known.pending is None else (_pending(known),)
    look, said = _look_and_words(known, now, hindrances, letters=letters)
    waited_for = known.snapshot.get("waitingFor")
    return Standing(
        look,
        (*pending, *said),
        review(UUID(waited_for[0])) if waited_for and known.job.status is Status.WAITING else None,
    )


def look(known: KnownJob, now: datetime) -> Look:
    """How its state looks."""
    return _look_and_words(known, now, (), letters=False)[0]


def _look_and_words(
    known: KnownJob, now: datetime, hindrances: Sequence[Hindrance], *, letters: bool
) -> tuple[Look, tuple[Sentence, ...]]:
    status, snapshot = known.job.status, known.snapshot
    match status:
        case Status.QUEUED:
            return _queued(known, now, hindrances, letters=letters)
        case Status.RUNNING:
            return STATUSES[status], (_running(snapshot),)
        case Status.WAITING:
            return STATUSES[status], (sentence("Waits for a decision on ", _asked(known)),)
        case _:
            return STATUSES[status], _ended(status, snapshot)


def _queued(
    known: KnownJob, now: datetime, hindrances: Sequence[Hindrance], *, letters: bool
) -> tuple[Look, tuple[Sentence, ...]]:
    if known.dead_request is not None:
        where = link("See what is wrong with it", letter(known.dead_request.dead_letter_id))
        dead = sentence("Its request was dead-lettered: ", code(known.dead_request.code), ".")
        return BLOCKED, ((*dead, Part(" "), where) if letters else dead,)
    if known.snapshot.get("blockedReason"):
        return BLOCKED, (sentence("No worker handles ", code(known.job.job_type), "."),)
    ready_at = _ready_at(known)
    if ready_at is not None and ready_at > now:
        if (error := _error(known.snapshot)) is not None:
            return RETRYING, (sentence("Tried again ", when(ready_at), "; the last attempt failed: ", *error),)
        return DELAYED, (sentence("Starts ", when(ready_at), "."),)
    said = tuple(hindering.say(one, now) for one in hindrances)
    if not said:
        unheard = "No worker has heard of it yet." if known.job.seq == 0 else "Waits for a slot."
        said = (sentence(unheard),)
    return STATUSES[Status.QUEUED], said


def _running(snapshot: dict[str, Any]) -> Sentence:
    worker = snapshot.get("workerId")
    attempt, most = snapshot.get("attempt", 1), snapshot.get("maxAttempts", 1)
    which = f", attempt {attempt} of {most}" if attempt > 1 else ""
    return sentence(code(worker), f" works on it{which}.") if worker else sentence(f"A worker works on it{which}.")


def _asked(known: KnownJob) -> Part:
    waited_for = known.snapshot.get("waitingFor") or ()
    if not waited_for:
        return Part("a checkpoint")
    checkpoint_id = UUID(waited_for[0])
    title = known.titles.get(checkpoint_id)
    return link("a checkpoint", review(checkpoint_id)) if title is None else quote(title, review(checkpoint_id))


def _ended(status: Status, snapshot: dict[str, Any]) -> tuple[Sentence, ...]:
    error = _error(snapshot)
    if error is None:
        return ()
    return (sentence(*error),) if status is Status.FAILED else (sentence(snapshot["error"]["message"]),)


def _error(snapshot: dict[str, Any]) -> tuple[Part | str, ...] | None:
    error = snapshot.get("error")
    return None if not error else (code(error["type"]), ": ", Part(error["message"]))


def _pending(known: KnownJob) -> Sentence:
    assert known.pending is not None
    what = " asked to cancel it" if known.pending.action is Action.CANCEL else " asked for another run"
    return sentence(name(known.pending.requested_by), what, "; no worker has answered yet.")


def _ready_at(known: KnownJob) -> datetime | None:
    if (told := known.snapshot.get("readyAt")) is not None:
        return moment(told)
    return known.asked.run_at if known.asked is not None and not known.snapshot else None
