"""Submitting: a job is made once."""

import pytest

from sluicegate_api.domain.errors import KeyReused
from sluicegate_api.domain.idempotency import Once
from sluicegate_api.domain.job import Job
from sluicegate_api.operations.forget_keys import ForgetKeys
from sluicegate_api.operations.submit import Repeated
from sluicegate_api.tables import IDEMPOTENCY_KEYS, JOBS
from sluicegate_schemas.job_lifecycle import Status
from tests.unit.api.ledger import Ledger
from tests.unit.api.samples import projected, snapshot, submit

ONCE = Once("ana", "k1", "sha256:a")


def test_a_submitted_job_is_queued_and_its_request_waits_for_an_answer() -> None:
    ledger = Ledger()
    ledger.run(submit())
    assert ledger.only(JOBS).status is Status.QUEUED
    assert ledger.unanswered() == {"job-requested:job-1"}


def test_the_first_lifecycle_answers_the_request() -> None:
    ledger = Ledger()
    ledger.run(submit())
    ledger.run(projected(snapshot(1)))
    assert ledger.unanswered() == set()


def test_the_same_operation_decided_again_changes_nothing() -> None:
    ledger = Ledger()
    operation = submit(once=ONCE)
    ledger.run(operation)
    ledger.run(projected(snapshot(4, Status.SUCCEEDED)))
    again = ledger.run(operation)
    assert isinstance(again, Job)
    assert again.status is Status.SUCCEEDED
    assert len(ledger.emitted) == 1


def test_the_same_key_and_body_give_the_job_that_was_made() -> None:
    ledger = Ledger()
    ledger.run(submit("job-1", ONCE))
    assert ledger.run(submit("job-2", ONCE)) == Repeated("job-1")
    assert [job.job_id for job in ledger.every(JOBS)] == ["job-1"]


def test_the_same_key_with_another_body_is_refused() -> None:
    ledger = Ledger()
    ledger.run(submit("job-1", ONCE))
    with pytest.raises(KeyReused, match="job-1"):
        ledger.run(submit("job-2", Once("ana", "k1", "sha256:b")))


def test_another_caller_may_use_the_same_key() -> None:
    ledger = Ledger()
    ledger.run(submit("job-1", ONCE))
    ledger.run(submit("job-2", Once("ben", "k1", "sha256:a")))
    assert len(ledger.every(JOBS)) == 2


def test_a_key_is_free_again_after_a_day() -> None:
    ledger = Ledger()
    ledger.run(submit("job-1", ONCE))
    ledger.wait(hours=24)
    ledger.run(submit("job-2", Once("ana", "k1", "sha256:b")))
    assert ledger.only(IDEMPOTENCY_KEYS).job_id == "job-2"


def test_old_keys_are_forgotten() -> None:
    ledger = Ledger()
    ledger.run(submit("job-1", ONCE))
    assert ledger.run(ForgetKeys.of(10)) == 0
    ledger.wait(hours=24)
    assert ledger.run(ForgetKeys.of(10)) == 1
    assert ledger.every(IDEMPOTENCY_KEYS) == []
