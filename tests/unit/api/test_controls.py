"""Cancel and retry: what is let through, counted and answered."""

import pytest

from sluicegate_api.domain.controls import Command
from sluicegate_api.domain.errors import JobHasEnded, JobHasNotEnded, UnknownJob
from sluicegate_api.operations.control_job import ControlJob
from sluicegate_api.tables import CONTROLS, JOBS
from sluicegate_schemas.job_control import Action, JobControl
from sluicegate_schemas.job_lifecycle import TERMINAL, Answer, AnswerOutcome, Status
from tests.unit.api.ledger import Ledger
from tests.unit.api.samples import JOB, numbered, projected, snapshot, submit


def control(name: str, action: Action = Action.CANCEL) -> ControlJob:
    return ControlJob(Command(numbered(name), JOB, action, "ana", "because"))


def ledger_with_job(status: Status = Status.RUNNING) -> Ledger:
    ledger = Ledger()
    ledger.run(submit())
    ledger.run(projected(snapshot(1, status)))
    return ledger


def test_a_cancel_is_counted_and_waits_for_its_answer() -> None:
    ledger = ledger_with_job()
    made = ledger.run(control("c1"))
    assert (made.control_seq, made.pending, ledger.only(JOBS).control_seq) == (1, True, 1)
    assert ledger.unanswered() == {f"job-control:{numbered('c1')}"}
    event = JobControl.model_validate_json(ledger.emitted[-1].message.value)
    assert (event.control_seq, event.run, event.action) == (1, 1, Action.CANCEL)


def test_the_lifecycle_that_names_a_control_answers_it_even_when_it_comes_late() -> None:
    ledger = ledger_with_job()
    ledger.run(control("c1"))
    ledger.run(projected(snapshot(9, Status.SUCCEEDED)))
    answer = Answer(control_id=numbered("c1"), outcome=AnswerOutcome.REFUSED, reason="already finished")
    ledger.run(projected(snapshot(8, answers=[answer])))
    assert ledger.only(JOBS).status is Status.SUCCEEDED
    assert ledger.only(CONTROLS).outcome is AnswerOutcome.REFUSED
    assert ledger.unanswered() == set()


def test_asking_for_the_same_while_it_is_pending_makes_no_second_control() -> None:
    ledger = ledger_with_job()
    first = ledger.run(control("c1"))
    assert ledger.run(control("c2")) == first
    assert len(ledger.every(CONTROLS)) == 1


def test_the_same_control_decided_again_is_success() -> None:
    ledger = ledger_with_job()
    first = ledger.run(control("c1"))
    ledger.run(projected(snapshot(2, Status.CANCELLED)))
    assert ledger.run(control("c1")) == first


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_an_ended_job_can_be_retried_but_not_cancelled(status: Status) -> None:
    ledger = ledger_with_job(status)
    with pytest.raises(JobHasEnded):
        ledger.run(control("c1"))
    assert ledger.run(control("c2", Action.RETRY)).control_seq == 1


@pytest.mark.parametrize("status", sorted(set(Status) - TERMINAL))
def test_a_job_that_goes_on_can_be_cancelled_but_not_retried(status: Status) -> None:
    ledger = ledger_with_job(status)
    with pytest.raises(JobHasNotEnded):
        ledger.run(control("c1", Action.RETRY))
    assert ledger.run(control("c2")).control_seq == 1


def test_nothing_is_known_of_a_job_that_nobody_asked_for() -> None:
    with pytest.raises(UnknownJob):
        Ledger().run(control("c1"))


def test_an_answer_that_names_a_control_of_another_job_is_ignored() -> None:
    ledger = ledger_with_job()
    ledger.run(control("c1"))
    answer = Answer(control_id=numbered("c1"), outcome=AnswerOutcome.APPLIED)
    ledger.run(projected(snapshot(1, job_id="job-2", answers=[answer])))
    assert ledger.only(CONTROLS).pending
