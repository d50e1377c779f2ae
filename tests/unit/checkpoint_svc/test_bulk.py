"""Many decisions at once: each stands for itself, and nothing dangerous is approved among others."""

import pytest

from sluicegate_checkpoint_svc.domain.bulk import MOST_APPROVALS, Batch, batch
from sluicegate_checkpoint_svc.domain.deciding import Choice, Shown, judge
from sluicegate_checkpoint_svc.domain.errors import Changed, NotInBulk, SeveralJobTypes, TooManyApprovals
from sluicegate_schemas.checkpoint_created import Risk
from sluicegate_schemas.payload import digest
from tests.unit.checkpoint_svc.examples import NOON, PAYLOAD, pending, vote

SHOWN = (Shown(digest(PAYLOAD.encode())),)


def test_so_many_of_one_job_type_may_be_approved() -> None:
    assert batch(MOST_APPROVALS, {"code-generation"}) == Batch("code-generation")
    assert batch(1, set()) == Batch(None)


def test_more_or_different_ones_may_not() -> None:
    with pytest.raises(TooManyApprovals):
        batch(MOST_APPROVALS + 1, {"code-generation"})
    with pytest.raises(SeveralJobTypes):
        batch(2, {"code-generation", "data-processing"})


@pytest.mark.parametrize("risk", list(Risk))
def test_only_low_risk_is_approved_among_others(risk: Risk) -> None:
    checkpoint, approval = pending(risk=risk), vote(shown=SHOWN, batch=Batch("code-generation"))
    if risk is Risk.LOW:
        assert judge(checkpoint, approval, NOON)
    else:
        with pytest.raises(NotInBulk):
            judge(checkpoint, approval, NOON)


@pytest.mark.parametrize("job_type", ["data-processing", None])
def test_one_that_came_in_between_is_not_approved_unseen(job_type: str | None) -> None:
    with pytest.raises(NotInBulk):
        judge(pending(risk="low"), vote(shown=SHOWN, batch=Batch(job_type)), NOON)


@pytest.mark.parametrize("risk", list(Risk))
def test_anything_is_rejected_among_others(risk: Risk) -> None:
    assert judge(pending(risk=risk), vote(Choice.REJECT, reason="no", shown=SHOWN), NOON)


def test_a_digest_alone_names_the_payload_whatever_the_version() -> None:
    with pytest.raises(Changed):
        judge(pending(), vote(shown=(Shown(digest(b"{}")),)), NOON)
    with pytest.raises(Changed):
        judge(pending(), vote(shown=(Shown(SHOWN[0].digest, 2),)), NOON)
    assert judge(pending(), vote(shown=(Shown(SHOWN[0].digest, 1),)), NOON)
