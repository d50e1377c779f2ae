"""What each refusal is over HTTP."""

from collections.abc import Callable, Mapping

from sluicegate_checkpoint_svc.domain.bulk import MOST_APPROVALS
from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint
from sluicegate_checkpoint_svc.domain.errors import (
    AlreadyDecided,
    Changed,
    NotAnApproval,
    NotAnInfo,
    NotInBulk,
    NotOffered,
    Refused,
    SelfApproval,
    SeveralJobTypes,
    TooManyApprovals,
    UnknownCheckpoint,
)
from sluicegate_checkpoint_svc.http import documents
from sluicegate_checkpoint_svc.http.conditions import etag
from sluicegate_kit.web.problem import FieldError, Problem, not_found


def already_decided(checkpoint: Checkpoint) -> Problem:
    """Who decided what, and when; in words and as `decision`."""
    decision = documents.decision(checkpoint)
    who = f"by {checkpoint.decided_by}" if checkpoint.decided_by else f"by nobody ({checkpoint.reason})"
    return Problem(
        409,
        "already-decided",
        f"This checkpoint was {checkpoint.state} {who} at {decision['at']}. A checkpoint is decided once.",
        headers={"etag": etag(checkpoint)},
        members={"decision": decision},
    )


def _unknown(error: Exception) -> Problem:
    assert isinstance(error, UnknownCheckpoint)
    return not_found(f"checkpoint {error.checkpoint_id}")


def _changed(checkpoint: Checkpoint) -> Problem:
    return Problem(
        412,
        "precondition-failed",
        "This is no longer what you were shown. Get it again, look, and send its ETag.",
        headers={"etag": etag(checkpoint)},
    )


def _not_an_approval(checkpoint: Checkpoint) -> Problem:
    detail = f"This checkpoint only informs. Acknowledge it: POST …/{checkpoint.checkpoint_id}/acknowledge."
    return Problem(409, "not-an-approval", detail)


def _not_an_info(checkpoint: Checkpoint) -> Problem:
    return Problem(409, "not-an-info", "This checkpoint waits for a decision: approve it (POST) or reject it (DELETE).")


def _self_approval(checkpoint: Checkpoint) -> Problem:
    return Problem(403, "self-approval", "You requested this job: somebody else has to decide.")


def _not_offered(checkpoint: Checkpoint) -> Problem:
    offered = ", ".join(documents.summary(checkpoint)["allowedDecisions"]) or "nothing"
    return Problem(409, "decision-not-offered", f"The handler does not allow this decision here; it allows {offered}.")


def _not_in_bulk(checkpoint: Checkpoint) -> Problem:
    return Problem(
        409,
        "not-in-bulk",
        f"Its risk is {checkpoint.risk} and its job type {checkpoint.job_type}. What is approved together has low risk "
        "and one job type; approve this one by itself, after a look.",
    )


def _too_many_approvals(error: Exception) -> Problem:
    assert isinstance(error, TooManyApprovals)
    return Problem(
        422,
        "too-many-approvals",
        f"These are {error.approvals} approvals; at most {MOST_APPROVALS} can be given at once. Nothing was decided.",
        errors=[FieldError("too many approvals", pointer="/decisions")],
    )


def _several_job_types(error: Exception) -> Problem:
    assert isinstance(error, SeveralJobTypes)
    return Problem(
        422,
        "several-job-types",
        f"These would approve {', '.join(error.job_types[:5])} together. Approve one job type at a time. Nothing was "
        "decided.",
        errors=[FieldError("approvals of several job types", pointer="/decisions")],
    )


def _about(problem: Callable[[Checkpoint], Problem]) -> Callable[[Exception], Problem]:
    def of(error: Exception) -> Problem:
        assert isinstance(error, Refused)
        return problem(error.checkpoint)

    return of


PROBLEMS: Mapping[type[Exception], Callable[[Exception], Problem]] = {
    UnknownCheckpoint: _unknown,
    AlreadyDecided: _about(already_decided),
    Changed: _about(_changed),
    NotAnApproval: _about(_not_an_approval),
    NotAnInfo: _about(_not_an_info),
    SelfApproval: _about(_self_approval),
    NotOffered: _about(_not_offered),
    NotInBulk: _about(_not_in_bulk),
    TooManyApprovals: _too_many_approvals,
    SeveralJobTypes: _several_job_types,
}
