"""The timeline in words."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sluicegate_api.domain.checkpoints import Checkpoint, ask, decision, decision_answers
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.story import tell
from sluicegate_api.pages.spans import LEAST, WIDTH, Spent
from sluicegate_api.pages.timeline import Facts, Row, RunView, runs
from sluicegate_api.pages.words import As, count, lasting, plain
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome
from sluicegate_worker.domain import commands
from tests.unit.api.ledger import START
from tests.unit.api.life import JOB, Life, step
from tests.unit.api.samples import created, decided, numbered, snapshot

FACTS = Facts("demo", START, "ana")
GO = checkpoint_id(JOB, 1, "go", 1)


def checkpoint(
    outcome: Outcome | None = None,
    *,
    by: list[str] | None = None,
    reason: str | None = None,
    edited: bool = False,
    moot: str | None = None,
    asked: bool = True,
) -> Checkpoint:
    """The question `go`, as the api knows it."""
    about = created("go").model_copy(update={"checkpoint_id": GO, "title": "Write 2 files"})
    if outcome is None:
        return Checkpoint(GO, JOB, 1, ask(about), None, None)
    said = decided("go", outcome).model_copy(
        update={
            "decided_by": ["Ben"] if by is None else by,
            "reason": reason,
            "edited_payload": "{}" if edited else None,
        }
    )
    applied = Answer(
        decision_id=said.decision_id, outcome=AnswerOutcome.MOOT if moot else AnswerOutcome.APPLIED, reason=moot
    )
    (answer,) = decision_answers(snapshot(9, answers=[applied]))
    return Checkpoint(GO, JOB, 1, ask(about) if asked else None, decision(said), answer)


def control(
    action: Action = Action.CANCEL,
    outcome: AnswerOutcome | None = None,
    *,
    after: float = 0,
    outcome_reason: str | None = None,
) -> Control:
    at = START + timedelta(seconds=after)
    return Control(numbered("c"), JOB, 1, 1, action, "Ben", "wrong repo", at, outcome, outcome_reason)


def views(life: Life, *checkpoints: Checkpoint, controls: tuple[Control, ...] = ()) -> list[RunView]:
    return runs(tell(life.told), replace(FACTS, checkpoints=checkpoints, controls=controls), life.now)


def rows(life: Life, *checkpoints: Checkpoint, controls: tuple[Control, ...] = ()) -> list[Row]:
    return [row for run in views(life, *checkpoints, controls=controls) for row in run.rows]


def said(life: Life, *checkpoints: Checkpoint, controls: tuple[Control, ...] = ()) -> list[str]:
    return [plain(row.said) for row in rows(life, *checkpoints, controls=controls)]


def test_a_lost_worker() -> None:
    life = Life().say().after(0.01).claim("worker-2").after(0.02).say().after(14).lose().claim("worker-1").after(1)
    life.succeed(step("a", replayed=True), step("b", replayed=True), step("c", replayed=True), step("d"))
    assert said(life) == [
        "Submitted by ana",
        "worker-2 worked on it, then was not heard of any more",
        "worker-2 lost; resumed on worker-1; 3 steps replayed, 0 run again",
        "Succeeded",
    ]


def test_a_lost_worker_while_the_other_still_works() -> None:
    life = Life().claim("worker-2").say().after(14).lose().claim("worker-1").after(0.02).say()
    assert said(life)[-1] == "worker-2 lost; resumed on worker-1"
    assert rows(life)[-1].goes_on


def test_a_wait_for_a_person_that_goes_on() -> None:
    life = Life().claim().after(1).suspend(step("plan"), step("go", 0, kind="approval"))
    assert said(life, checkpoint()) == [
        "Submitted by ana",
        "worker-1 worked on it",
        "Waits for a decision on “Write 2 files”",
    ]
    assert said(life)[-1] == "Waits for a decision on a checkpoint"
    (href,) = [part.href for part in rows(life, checkpoint())[-1].said if part.how is As.QUOTE]
    assert href == f"/admin/agent-checkpoints/{GO}"
    steps = rows(life)[1].steps
    assert steps is not None
    assert [one.name for one in steps.done] == ["plan"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (checkpoint(Outcome.APPROVED), "Ben approved “Write 2 files”"),
        (checkpoint(Outcome.APPROVED, edited=True), "Ben approved “Write 2 files” with changes"),
        (checkpoint(Outcome.APPROVED, by=["Ana", "Ben", "Eve"]), "Ana, Ben and Eve approved “Write 2 files”"),
        (checkpoint(Outcome.REJECTED), "Ben rejected “Write 2 files”"),
        (checkpoint(Outcome.EXPIRED, by=[]), "Nobody decided in time on “Write 2 files”"),
        (checkpoint(Outcome.CANCELLED, by=[]), "The question was closed with its run: “Write 2 files”"),
        (checkpoint(Outcome.INVALIDATED, by=[]), "A later question took the place of “Write 2 files”"),
        (
            checkpoint(Outcome.APPROVED, moot="the run is over"),
            "Ben approved “Write 2 files”; not applied: the run is over",
        ),
        (checkpoint(Outcome.APPROVED, asked=False), "Ben approved a checkpoint"),
        (checkpoint(), "Waited for a decision on “Write 2 files”"),
    ],
)
def test_a_decision(known: Checkpoint, expected: str) -> None:
    life = Life().claim().after(1).suspend().after(3600).decide().claim("worker-2").after(1).succeed()
    found = rows(life, known)
    assert plain(found[2].said) == expected
    assert found[2].ms == 3_600_000


def test_the_reason_of_a_decision_is_quoted() -> None:
    life = Life().claim().after(1).suspend().after(3600).decide(Outcome.REJECTED)
    assert rows(life, checkpoint(Outcome.REJECTED, reason="not on a Friday"))[2].quote == "not on a Friday"


def test_resuming_says_what_the_journal_saved() -> None:
    life = Life().claim().after(1).suspend(step("a")).after(5).decide().claim("worker-2", version="2").after(1)
    life.succeed(step("a", replayed=True), step("b"))
    assert said(life, checkpoint(Outcome.APPROVED))[3] == (
        "Resumed on worker-2; 1 step replayed, 0 run again; with version 2 of the handler, before it was 1"
    )


def test_attempts_and_their_errors() -> None:
    life = Life().claim().after(1).fail(step("a")).say().after(2).due().claim().after(1)
    life.fail(step("a", replayed=True), again_after=None, message="for good")
    found = rows(life)
    assert [plain(row.said) for row in found] == [
        "Submitted by ana",
        "worker-1 worked on it; the attempt failed",
        "Attempt 2 on worker-1; 1 step replayed, 0 run again",
        "Failed",
    ]
    assert [row.error.message for row in found if row.error] == ["disk full", "for good"]


def test_a_persons_no_is_no_error() -> None:
    life = Life().claim().after(1).suspend().after(2).decide().claim().after(1)
    life.end(commands.Rejected(json.dumps({"type": "CheckpointRejected", "message": "go: no", "retryable": False})))
    found = rows(life, checkpoint(Outcome.REJECTED, reason="not like this"))
    assert (plain(found[-1].said), found[-1].error) == ("Rejected", None)
    assert [row.quote for row in found if row.quote] == ["not like this"]


def test_what_is_waited_for_when_there_is_nobody_to_wait_for() -> None:
    later = Life().claim().after(1).fail(again_after=60).say()
    assert said(later)[-1] == "To be tried again then"
    assert said(later.after(61))[-1] == "Waits for a slot"
    blocked = Life().say().after(1).unhandled()
    assert said(blocked)[-1] == "No worker handles demo"
    assert said(blocked.after(5).handled().say())[-2:] == ["No worker handled demo", "Waits for a slot"]
    paused = Life().claim().after(1).fail(again_after=2).say().after(2).due().after(3).claim().after(1).succeed()
    assert "Paused before the next attempt" in said(paused)
    handed_on = Life().claim().say().after(1).release().say().after(0.1).claim("worker-2").after(1).succeed()
    assert said(handed_on)[1:3] == ["worker-1 worked on it, then gave it back", "Resumed on worker-2"]


def test_what_people_asked_for_stands_where_they_asked() -> None:
    life = Life().claim().after(1).suspend().after(60).control(Action.CANCEL)
    assert said(life, controls=(control(outcome=AnswerOutcome.APPLIED, after=61.5),))[-2:] == [
        "Ben asked to cancel it",
        "Cancelled",
    ]
    life = Life().claim().after(1).say()
    pending = rows(life, controls=(control(after=2),))[-1]
    assert (plain(pending.said), pending.goes_on, pending.quote) == (
        "Ben asked to cancel it; no worker has answered yet",
        True,
        "wrong repo",
    )
    refused = control(outcome=AnswerOutcome.REFUSED, after=0.5, outcome_reason="already finished")
    assert said(life.after(1).succeed(), controls=(refused,))[1:] == [
        "worker-1 worked on it",
        "Ben asked to cancel it; refused: already finished",
        "Succeeded",
    ]


def test_another_run_says_who_wanted_it() -> None:
    life = Life().claim().after(1).fail(again_after=None).after(60).control(Action.RETRY).claim().after(1).succeed()
    again = control(Action.RETRY, AnswerOutcome.APPLIED, after=61)
    first, second = views(life, controls=(again,))
    assert [plain(row.said) for row in first.rows] == ["Submitted by ana", "worker-1 worked on it", "Failed"]
    assert [plain(row.said) for row in second.rows] == [
        "Ben had it run once more",
        "worker-1 worked on it",
        "Succeeded",
    ]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ana", "Submitted by ana"),
        ("upstream:crm/carla", "Asked for over Kafka by carla of crm, by their own account"),
        (None, "Asked for over Kafka; by whom is not known yet"),
    ],
)
def test_who_asked_for_the_job(who: str | None, expected: str) -> None:
    (only,) = runs([], replace(FACTS, requested_by=who), START)
    assert [plain(row.said) for row in only.rows] == [expected]
    assert only.spans is None


def test_keys_stay_the_same_while_the_story_goes_on() -> None:
    life = Life().say().after(5).claim().after(0.02).say()
    early = [row.key for row in rows(life)]
    late = [row.key for row in rows(life.after(1).suspend().after(5).decide().claim().after(1).succeed())]
    assert late[: len(early)] == early
    assert len(set(late)) == len(late)


def test_informations_are_shown_with_their_title_and_replayed_steps_apart() -> None:
    note = created("note", Kind.INFO).model_copy(update={"title": "Received"})
    known = Checkpoint(note.checkpoint_id, JOB, 1, ask(note), None, None)
    life = Life().claim().after(1).lose().claim().after(0.1)
    life.succeed(step("a", 50), step("note", 0, kind="info"), step("b", replayed=True))
    steps = rows(life, known)[-2].steps
    assert steps is not None
    assert [(one.name, one.took, one.bar, one.told) for one in steps.done] == [
        ("a", "50 ms", 500, None),
        ("note", "", 1, "Received"),
    ]
    assert [one.name for one in steps.replayed] == ["b"]


def test_many_steps_are_folded() -> None:
    steps = rows(Life().claim().after(1).succeed(*(step(f"s{number}", 1) for number in range(40))))[1].steps
    assert steps is not None
    assert (len(steps.done), len(steps.folded)) == (12, 28)


def test_the_bar_is_to_scale_and_shows_what_was_short() -> None:
    life = Life().say().after(0.5).claim().after(1).suspend().after(3600).decide().claim().after(1).succeed()
    (view,) = views(life)
    assert view.spans is not None
    segments = view.spans.segments
    assert [one.spent for one in segments] == [Spent.QUEUE, Spent.WORK, Spent.PEOPLE, Spent.WORK]
    assert sum(one.width for one in segments) == WIDTH
    assert all(one.width >= LEAST for one in segments)
    assert [one.x for one in segments[1:]] == [one.x + one.width for one in segments[:-1]]
    assert [(one.spent, one.took) for one in view.spans.sums] == [
        (Spent.PEOPLE, "1 h"),
        (Spent.WORK, "2.0 s"),
        (Spent.QUEUE, "500 ms"),
    ]
    assert (view.spans.total, view.spans.goes_on) == ("1 h", False)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 ms"),
        (0.04, "0 ms"),
        (0.44, "0.4 ms"),
        (9.99, "10.0 ms"),
        (38.4, "38 ms"),
        (999.7, "999 ms"),
        (1240, "1.2 s"),
        (9_949, "9.9 s"),
        (9_950, "10 s"),
        (250_000, "4 min 10 s"),
    ],
)
def test_how_long_something_took(ms: float, text: str) -> None:
    assert lasting(ms) == text


def test_counts() -> None:
    assert [count(0, "step"), count(1, "step"), count(12_345, "step")] == ["0 steps", "1 step", "12\u202f345 steps"]
