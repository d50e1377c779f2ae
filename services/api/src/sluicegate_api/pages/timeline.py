"""The timeline of a job as its page shows it: runs, and in them rows with a sentence each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sluicegate_api.domain.checkpoints import Checkpoint
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.story import Asked, Chapter, Ended, Queued, RunStory, Stop, Stretch
from sluicegate_api.pages import decisions
from sluicegate_api.pages.looks import STATUSES
from sluicegate_api.pages.spans import Spans, spans
from sluicegate_api.pages.words import Sentence, code, name, sentence
from sluicegate_api.pages.work import Steps, steps_of, work
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import AnswerOutcome, JobError, Status

WORTH_A_ROW = timedelta(seconds=1)
"""A shorter wait for a slot is in the sums alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happened, or went on for a while."""

    key: str
    """The same for the same thing whenever the page is made."""
    tone: str
    icon: str
    said: Sentence
    at: datetime
    """By the workers' clock, except for what people asked of the api. Of a wait: its end, if it has one."""
    ms: float | None = None
    """How long it lasted; None: a moment, or it goes on."""
    goes_on: bool = False
    waits: bool = False
    """Nothing was done meanwhile."""
    quote: str | None = None
    """Somebody's own words."""
    error: JobError | None = None
    steps: Steps | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run on the page."""

    run: int
    rows: tuple[Row, ...]
    ended: Ended | None
    spans: Spans | None
    """Where the time went; None: no worker has told of it yet."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the api knows beside what the workers tell."""

    job_type: str
    created_at: datetime
    requested_by: str | None
    checkpoints: Sequence[Checkpoint] = ()
    controls: Sequence[Control] = ()


def runs(stories: Iterable[RunStory], facts: Facts, now: datetime) -> list[RunView]:
    """The runs, oldest first; a job of which no worker has told has one that only says who asked for it."""
    told = list(stories)
    if not told:
        return [RunView(1, (_requested(facts), *_controls(facts, 1)), None, None)]
    return [RunView(story.run, _rows(story, facts, now), story.end, spans(story, now)) for story in told]


def _rows(story: RunStory, facts: Facts, now: datetime) -> tuple[Row, ...]:
    begun = [_requested(facts)] if story.run == 1 else []
    begun += [_retried(control) for control in facts.controls if _begins(control, story.run)]
    between: list[Row] = []
    before: Stretch | None = None
    for number, chapter in enumerate(story.chapters):
        if isinstance(chapter, Ended):
            continue
        row = _row(f"r{story.run}-{number}", chapter, before, _of_run(facts.checkpoints, story.run), facts, now)
        between += [] if row is None else [row]
        before = chapter if isinstance(chapter, Stretch) else before
    for control in _controls(facts, story.run):
        between = _insert(between, control)
    return (*begun, *between, *_ending(story))


def _row(
    key: str,
    chapter: Chapter,
    before: Stretch | None,
    checkpoints: Sequence[Checkpoint],
    facts: Facts,
    now: datetime,
) -> Row | None:
    match chapter:
        case Queued():
            return _queued(key, chapter, facts.job_type, now)
        case Stretch():
            return _stretch(key, chapter, before, checkpoints)
        case Asked():
            asked = (one for one in checkpoints if one.checkpoint_id == chapter.checkpoint_id)
            return _asked(key, chapter, next(asked, None))
        case Ended():
            return None


def _of_run(checkpoints: Sequence[Checkpoint], run: int) -> list[Checkpoint]:
    return [one for one in checkpoints if one.run == run]


def _requested(facts: Facts) -> Row:
    who = facts.requested_by
    if who is None:
        said = sentence("Asked for over Kafka; by whom is not known yet")
    elif who.startswith("upstream:"):
        source, _, claimed = who.removeprefix("upstream:").partition("/")
        said = sentence("Asked for over Kafka by ", name(claimed), " of ", code(source), ", by their own account")
    else:
        said = sentence("Submitted by ", name(who))
    return Row("requested", "neutral", "person", said, facts.created_at)


def _queued(key: str, queued: Queued, job_type: str, now: datetime) -> Row | None:
    if queued.ended is not None:
        lasted = queued.ended - queued.began
        if lasted < WORTH_A_ROW:
            return None
        said = sentence("Waited for a slot")
        if queued.blocked is not None:
            said = sentence("No worker handled ", code(job_type))
        elif queued.after_failure:
            said = sentence("Paused before the next attempt")
        return Row(key, "neutral", "clock", said, queued.ended, _ms(lasted), waits=True)
    if queued.blocked is not None:
        said = sentence("No worker handles ", code(job_type))
        return Row(key, "warn", "warning", said, queued.began, goes_on=True, waits=True)
    if queued.began > now:
        said = sentence("To be tried again then" if queued.after_failure else "Not to start before then")
        return Row(key, "neutral", "clock", said, queued.began, waits=True)
    return Row(key, "neutral", "clock", sentence("Waits for a slot"), queued.began, goes_on=True, waits=True)


def _stretch(key: str, stretch: Stretch, before: Stretch | None, checkpoints: Sequence[Checkpoint]) -> Row:
    tone, icon = _STOPS[stretch.stop]
    return Row(
        key,
        tone,
        icon,
        work(stretch, before),
        stretch.began,
        stretch.ran_ms,
        goes_on=stretch.ended is None,
        error=stretch.error if stretch.stop is Stop.FAILED else None,
        steps=steps_of(stretch, checkpoints),
    )


_STOPS: Mapping[Stop | None, tuple[str, str]] = {
    None: ("accent", "play"),
    Stop.ASKED: ("accent", "play"),
    Stop.ENDED: ("accent", "play"),
    Stop.GIVEN_BACK: ("neutral", "swap"),
    Stop.FAILED: ("bad", "cross"),
    Stop.LOST: ("bad", "warning"),
}


def _asked(key: str, asked: Asked, checkpoint: Checkpoint | None) -> Row:
    told = decisions.say(asked, checkpoint)
    ms = None if asked.ended is None else _ms(asked.ended - asked.began)
    at = asked.ended or asked.began
    return Row(key, told.tone, told.icon, told.said, at, ms, asked.ended is None, waits=True, quote=told.reason)


def _ending(story: RunStory) -> list[Row]:
    if story.end is None:
        return []
    look, error = STATUSES[story.end.status], story.end.error
    if story.end.status is not Status.FAILED:
        error = None  # what people decided is told where they did
    return [Row(f"r{story.run}-end", look.tone, look.icon, sentence(look.word), story.end.at, error=error)]


def _begins(control: Control, run: int) -> bool:
    """Whether it is why this run is there."""
    return control.action is Action.RETRY and control.run == run - 1 and control.outcome is AnswerOutcome.APPLIED


def _retried(control: Control) -> Row:
    said = sentence(name(control.requested_by), " had it run once more")
    return Row(f"c{control.control_id}", "neutral", "again", said, control.at, quote=control.reason)


def _controls(facts: Facts, run: int) -> list[Row]:
    """What was asked of this run, without what began the next one."""
    return [_control(one) for one in facts.controls if one.run == run and not _begins(one, run + 1)]


def _control(control: Control) -> Row:
    asked = " asked to cancel it" if control.action is Action.CANCEL else " asked for another run"
    tone, answer = _ANSWERS[control.outcome]
    refused = control.outcome not in (None, AnswerOutcome.APPLIED) and control.outcome_reason
    because = (f": {control.outcome_reason}",) if refused else ()
    said = sentence(name(control.requested_by), asked, answer, *because)
    icon = "ban" if control.action is Action.CANCEL else "again"
    pending = control.outcome is None
    return Row(f"c{control.control_id}", tone, icon, said, control.at, goes_on=pending, quote=control.reason)


_ANSWERS: Mapping[AnswerOutcome | None, tuple[str, str]] = {
    None: ("accent", "; no worker has answered yet"),
    AnswerOutcome.APPLIED: ("neutral", ""),
    AnswerOutcome.REFUSED: ("warn", "; refused"),
    AnswerOutcome.MOOT: ("neutral", "; it changed nothing"),
}


def _insert(rows: list[Row], row: Row) -> list[Row]:
    """Before the first that is later."""
    place = next((place for place, other in enumerate(rows) if other.at > row.at), len(rows))
    return [*rows[:place], row, *rows[place:]]


def _ms(lasted: timedelta) -> float:
    return lasted / timedelta(milliseconds=1)
