"""Any order and any repetition of events gives the same projection."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sluicegate_api.domain.checkpoints import Checkpoint, ask, decision, picture
from sluicegate_api.domain.controls import Command
from sluicegate_api.domain.job import Job
from sluicegate_api.operations.control_job import ControlJob
from sluicegate_api.operations.project_checkpoint import RecordAsk, RecordDecision
from sluicegate_api.tables import (
    CONTROLS,
    JOB_CHECKPOINTS,
    JOB_DECISION_ANSWERS,
    JOB_DECISIONS,
    JOB_EVENTS,
    JOB_REQUESTS,
    JOBS,
)
from sluicegate_kit.db.operation import Operation
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_control import Action
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome, JobLifecycle, Status
from tests.unit.api.ledger import START, Ledger
from tests.unit.api.samples import SILENCE, created, decided, numbered, projected, request, snapshot, submit

CANCEL = numbered("cancel")
ANSWERS = [
    Answer(control_id=CANCEL, outcome=AnswerOutcome.REFUSED, reason="already finished"),
    Answer(control_id=numbered("unknown"), outcome=AnswerOutcome.APPLIED),
    Answer(decision_id=numbered("yes"), outcome=AnswerOutcome.APPLIED),
    Answer(decision_id=numbered("late"), outcome=AnswerOutcome.MOOT, reason="job cancelled"),
]


@st.composite
def lifecycles(draw: st.DrawFn) -> list[JobLifecycle]:
    """Snapshots of one job with gaps in `seq`; runs only go up, answers and the request come with any of them."""
    seqs = sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=8)))
    found, run = [], 1
    for seq in seqs:
        run += draw(st.booleans())
        found.append(
            snapshot(
                seq,
                draw(st.sampled_from(Status)),
                run=run,
                answers=draw(st.none() | st.lists(st.sampled_from(ANSWERS), max_size=2)),
                requested=draw(st.none() | st.just(request())),
            )
        )
    return found


def in_any_order(draw: st.DrawFn, events: list[Any]) -> list[Any]:
    """A permutation, some of them again later."""
    again = draw(st.lists(st.sampled_from(events), max_size=6))
    mixed: list[Any] = draw(st.permutations([*events, *again]))
    return mixed


def facts(ledger: Ledger) -> dict[str, Any]:
    """The projection, without what depends on when this service heard it."""
    return {
        "jobs": {job.job_id: _state(job) for job in ledger.every(JOBS)},
        "requests": set(ledger.every(JOB_REQUESTS)),
        "timeline": {(entry.seq, entry.snapshot) for entry in ledger.every(JOB_EVENTS)},
        "controls": {(each.control_id, each.outcome, each.outcome_reason) for each in ledger.every(CONTROLS)},
        "checkpoints": _picture(ledger),
        "unanswered": ledger.unanswered(),
    }


def _state(job: Job) -> Job:
    return job._replace(entries=0, created_at=START, heard_at=START, report_at=None, reports=0)


def _picture(ledger: Ledger) -> list[Checkpoint]:
    answers = [answer._replace(at=START) for answer in ledger.every(JOB_DECISION_ANSWERS)]
    return picture(ledger.every(JOB_CHECKPOINTS), ledger.every(JOB_DECISIONS), answers)


def play(operations: list[Operation[Any]], *, own: bool) -> dict[str, Any]:
    """The projection after these, on a job of our own with a pending cancel, or on an upstream one."""
    ledger = Ledger()
    if own:
        ledger.run(submit())
        ledger.run(ControlJob(Command(CANCEL, "job-1", Action.CANCEL, "ana")))
    for operation in operations:
        ledger.wait(seconds=1)
        ledger.run(operation)
    return facts(ledger)


@given(st.data(), lifecycles(), st.booleans())
def test_lifecycles_in_any_order_and_number_give_the_same_projection(
    data: st.DataObject, events: list[JobLifecycle], own: bool
) -> None:
    mixed = data.draw(st.composite(lambda draw: in_any_order(draw, events))())
    assert play([projected(event) for event in mixed], own=own) == play([projected(event) for event in events], own=own)


@given(st.data())
def test_checkpoints_in_any_order_and_number_give_the_same_projection(data: st.DataObject) -> None:
    events: list[Operation[Any]] = [
        RecordAsk(ask(created("review"))),
        RecordAsk(ask(created("publish"))),
        RecordAsk(ask(created("note", Kind.INFO))),
        RecordDecision(decision(decided("review"))),
        RecordDecision(decision(decided("publish", Outcome.CANCELLED, "late"))),
        RecordDecision(decision(decided("unseen", Outcome.REJECTED, "no"))),
        projected(snapshot(3, answers=ANSWERS)),
    ]
    mixed = data.draw(st.composite(lambda draw: in_any_order(draw, events))())
    assert play(mixed, own=False) == play(events, own=False)


@given(lifecycles())
def test_the_latest_snapshot_is_the_state_and_every_snapshot_is_in_the_timeline(events: list[JobLifecycle]) -> None:
    ledger = Ledger()
    for event in reversed(events):
        ledger.run(projected(event))
    job = ledger.only(JOBS)
    assert (job.seq, job.status, job.run) == (events[-1].seq, events[-1].status, events[-1].run)
    assert {entry.seq for entry in ledger.every(JOB_EVENTS)} == {event.seq for event in events}


@given(lifecycles())
def test_every_entry_has_a_place_of_its_own_in_the_order_of_arrival(events: list[JobLifecycle]) -> None:
    ledger = Ledger()
    for event in [*reversed(events), *events]:
        ledger.run(projected(event))
    places = [entry.entry for entry in sorted(ledger.every(JOB_EVENTS), key=lambda entry: -entry.seq)]
    assert places == sorted(set(places))


def test_silence_is_measured_by_one_rule() -> None:
    assert SILENCE.patience(0).total_seconds() == 600
    assert SILENCE.patience(1).total_seconds() == 1200
    assert SILENCE.patience(1_000_000).total_seconds() == 86_400
