"""Refusals become exceptions that say what the service said."""

import httpx
import pytest

from sluicegate.client import (
    AlreadyDecided,
    BadCursor,
    ChangedSinceShown,
    Client,
    Conflict,
    DecisionNotOffered,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    JobHasEnded,
    JobHasNotEnded,
    NotAnApproval,
    NotAnInfo,
    NotFound,
    Problem,
    RecordNotWhole,
    ResentByOwner,
    SelfApproval,
    ServerDefect,
    ShownVersionRequired,
    TooLarge,
    Unauthenticated,
    UnexpectedAnswer,
)
from tests.support.http_api import HERE, api, decision, ok, problem


def refusal(answer: httpx.Response) -> Problem:
    with Client(HERE, wire=api(answer).wire) as client, pytest.raises(Problem) as raised:
        client.jobs.get("job-1")
    return raised.value


@pytest.mark.parametrize(
    ("status", "slug", "kind"),
    [
        (400, "bad-cursor", BadCursor),
        (400, "invalid-body", InvalidRequest),
        (401, "unauthenticated", Unauthenticated),
        (403, "forbidden", Forbidden),
        (403, "self-approval", SelfApproval),
        (404, "not-found", NotFound),
        (409, "already-decided", AlreadyDecided),
        (409, "decision-not-offered", DecisionNotOffered),
        (409, "job-has-ended", JobHasEnded),
        (409, "job-has-not-ended", JobHasNotEnded),
        (409, "not-an-approval", NotAnApproval),
        (409, "not-an-info", NotAnInfo),
        (409, "record-not-whole", RecordNotWhole),
        (409, "resent-by-owner", ResentByOwner),
        (409, "some-later-conflict", Conflict),
        (412, "precondition-failed", ChangedSinceShown),
        (413, "body-too-large", TooLarge),
        (422, "idempotency-key-reused", IdempotencyKeyReused),
        (422, "invalid-query", InvalidRequest),
        (428, "precondition-required", ShownVersionRequired),
        (500, "internal-error", ServerDefect),
    ],
)
def test_each_condition_has_its_class(status: int, slug: str, kind: type[Problem]) -> None:
    raised = refusal(problem(status, slug))
    assert type(raised) is kind
    assert (raised.status, raised.facts.slug, raised.detail) == (status, slug, "What to do.")


def test_what_is_wrong_with_which_field_is_kept() -> None:
    raised = refusal(
        problem(
            422,
            "invalid-body",
            errors=[{"pointer": "/priority", "detail": "at most 10"}, {"parameter": "limit", "detail": "a number"}],
            requestId="r-1",
        )
    )
    assert [str(error) for error in raised.errors] == ["/priority: at most 10", "limit: a number"]
    assert raised.request_id == "r-1"


def test_a_lost_race_says_who_decided_what_and_when() -> None:
    raised = refusal(problem(409, "already-decided", decision=decision("rejected", reason="no")))
    assert isinstance(raised, AlreadyDecided)
    found = raised.decision
    assert found is not None
    assert (found.outcome, found.by, found.reason, found.at.hour) == ("rejected", ["ana"], "no", 12)


def test_a_lost_race_without_facts_is_still_that_condition() -> None:
    raised = refusal(problem(409, "already-decided"))
    assert isinstance(raised, AlreadyDecided)
    assert raised.decision is None


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"", b"[]", b'{"errors": "none"}'])
def test_an_error_page_that_is_no_problem_document_keeps_the_class_of_its_status(body: bytes) -> None:
    assert isinstance(refusal(httpx.Response(404, content=body)), NotFound)


@pytest.mark.parametrize("body", [b"not json", b"{}", b'{"jobId": 1}'])
def test_a_success_that_is_no_job_is_an_unexpected_answer(body: bytes) -> None:
    wire = api(httpx.Response(200, content=body)).wire
    with Client(HERE, wire=wire) as client, pytest.raises(UnexpectedAnswer):
        client.jobs.get("job-1")


def test_a_redirect_is_not_followed() -> None:
    wire = api(httpx.Response(302, headers={"location": "http://elsewhere.example/"}), ok({})).wire
    with Client(HERE, wire=wire) as client, pytest.raises(UnexpectedAnswer):
        client.jobs.get("job-1")
