"""The projection of checkpoints: what was asked, what was decided, what became of it."""

from sluicegate_api.domain.checkpoints import ask, decision, decision_answers, picture
from sluicegate_schemas.checkpoint_created import Kind
from sluicegate_schemas.checkpoint_decided import Outcome
from sluicegate_schemas.job_lifecycle import Answer, AnswerOutcome
from tests.unit.api.samples import created, decided, numbered, snapshot

APPLIED = decision_answers(snapshot(5, answers=[Answer(decision_id=numbered("yes"), outcome=AnswerOutcome.APPLIED)]))


def test_a_decision_that_the_worker_has_not_answered_is_no_decision() -> None:
    (found,) = picture([ask(created())], [decision(decided())], [])
    assert (found.state, found.decision) == ("pending", None)
    assert picture([], [decision(decided())], []) == []


def test_a_decision_before_its_ask_is_a_stub_that_the_ask_completes_without_resetting_it() -> None:
    (stub,) = picture([], [decision(decided())], APPLIED)
    assert (stub.ask, stub.state) == (None, "approved")
    (complete,) = picture([ask(created())], [decision(decided())], APPLIED)
    assert (complete.checkpoint_id, complete.state) == (stub.checkpoint_id, "approved")


def test_an_approval_is_pending_and_an_info_recorded() -> None:
    found = picture([ask(created()), ask(created("note", Kind.INFO))], [], [])
    assert {each.ask.key: each.state for each in found if each.ask} == {"review": "pending", "note": "recorded"}


def test_a_decision_for_a_cancelled_run_says_that_it_was_not_applied() -> None:
    moot = Answer(decision_id=numbered("yes"), outcome=AnswerOutcome.MOOT, reason="job cancelled")
    answers = decision_answers(snapshot(5, answers=[moot]))
    (found,) = picture([ask(created())], [decision(decided())], answers)
    assert found.summary == "approved, not applied: job cancelled"


def test_of_two_decisions_the_one_that_the_worker_answered_is_shown() -> None:
    forged, genuine = decided(outcome=Outcome.REJECTED, decision="a-forged"), decided(decision="z-genuine")
    applied = Answer(decision_id=numbered("z-genuine"), outcome=AnswerOutcome.APPLIED)
    answers = decision_answers(snapshot(5, answers=[applied]))
    (found,) = picture([ask(created())], [decision(forged), decision(genuine)], answers)
    assert found.summary == "approved"
