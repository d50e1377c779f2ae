"""What a vote makes of a checkpoint, and why it may be refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown, Vote, judge
from sluicegate_checkpoint_svc.domain.errors import AlreadyDecided, Changed, NotAnApproval, NotOffered, SelfApproval
from sluicegate_checkpoint_svc.domain.ruling import EXPIRED, settle
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_schemas.checkpoint_decided import Outcome
from tests.unit.checkpoint_svc.examples import ANA, BEN, KEY, NOON, edit, pending, vote


def decided_by(winner: Vote, checkpoint: Checkpoint | None = None) -> Checkpoint:
    checkpoint = checkpoint or pending()
    ruling = judge(checkpoint, winner, NOON)
    assert ruling is not None
    return settle(checkpoint, ruling, winner.decision_id, NOON, KEY)


def test_an_approval_lets_the_payload_through() -> None:
    decided = decided_by(vote(reason="looks right"))
    assert (decided.state, decided.decided_by, decided.reason) == (State.APPROVED, "ben", "looks right")
    assert decided.edited_payload is None
    assert decided.version == 2


def test_an_edit_approves_other_bytes_and_keeps_both_digests() -> None:
    decided = decided_by(vote(Choice.EDIT, edit=edit(b'{ "amount": 1 }')))
    assert decided.state is State.APPROVED
    assert decided.edited_payload == b'{ "amount": 1 }'
    assert decided.payload_digest == pending().payload_digest


def test_nobody_decides_on_what_they_requested() -> None:
    with pytest.raises(SelfApproval):
        judge(pending(), vote(by=ANA), NOON)


def test_the_requester_is_refused_also_when_it_is_decided_already() -> None:
    with pytest.raises(SelfApproval):
        judge(decided_by(vote()), vote(by=ANA), NOON)


def test_the_same_person_may_say_the_same_again() -> None:
    assert judge(decided_by(vote(reason="yes")), vote(reason="yes, again"), NOON) is None


def test_the_same_again_counts_also_with_the_tag_that_was_shown_before_the_decision() -> None:
    before = pending()
    again = vote(shown=(Shown(before.payload_digest, before.version),))
    assert judge(decided_by(vote(), before), again, NOON) is None


@pytest.mark.parametrize(
    "other",
    [
        vote(by=replace(BEN, name="cleo")),
        vote(Choice.REJECT),
        vote(Choice.EDIT, edit=edit(b"1")),
        vote(shown=(Shown("sha256:" + "0" * 64, 1),)),
    ],
    ids=["another person", "another choice", "an edit", "another digest"],
)
def test_anything_else_after_the_decision_is_refused_with_that_decision(other: Vote) -> None:
    decided = decided_by(vote())
    with pytest.raises(AlreadyDecided) as refused:
        judge(decided, other, NOON)
    assert refused.value.checkpoint == decided


def test_finding_the_own_decision_written_is_success() -> None:
    mine = vote()
    assert judge(decided_by(mine), mine, NOON) is None


def test_a_vote_at_the_deadline_is_too_late() -> None:
    checkpoint = pending(expires_in_seconds=60)
    assert judge(checkpoint, vote(), NOON + timedelta(seconds=60)) == EXPIRED


def test_a_vote_just_before_the_deadline_is_in_time() -> None:
    ruling = judge(pending(expires_in_seconds=60), vote(), NOON + timedelta(seconds=59.999999))
    assert ruling is not None
    assert ruling.outcome is Outcome.APPROVED


def test_without_a_deadline_it_waits_for_ever() -> None:
    ruling = judge(pending(), vote(), NOON + timedelta(days=4000))
    assert ruling is not None
    assert ruling.outcome is Outcome.APPROVED


@pytest.mark.parametrize("shown", [(), (Shown(pending().payload_digest, 7),), (Shown("sha256:" + "0" * 64, 1),)])
def test_a_vote_on_something_else_than_what_is_there_is_refused(shown: tuple[Shown, ...]) -> None:
    with pytest.raises(Changed):
        judge(pending(), vote(shown=shown), NOON)


@pytest.mark.parametrize("choice", Choice)
def test_a_choice_that_the_handler_does_not_allow_is_refused(choice: Choice) -> None:
    allowed = [each.value for each in Choice if each is not choice]
    with pytest.raises(NotOffered):
        judge(pending(allowed_decisions=[*allowed, "defer"]), vote(choice), NOON)


def test_an_info_is_not_decided() -> None:
    with pytest.raises(NotAnApproval):
        judge(pending(kind="info"), vote(), NOON)
