"""The small pure parts of the worker."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson
import pytest

from sluicegate.ends import Expired, Failed, JobError, Lost, Rejected, Suspended
from sluicegate.journal import Ask, CheckpointEntry, Kind, View
from sluicegate.retry import RetryPolicy
from sluicegate_schemas import envelope
from sluicegate_schemas.checkpoint_created import CheckpointCreated
from sluicegate_schemas.ids import checkpoint_id
from sluicegate_schemas.job_lifecycle import AnswerOutcome, JobLifecycle, Status
from sluicegate_schemas.payload import digest
from sluicegate_worker.asking import checkpoint_created, entry_of
from sluicegate_worker.consumers.requests import upstream_name
from sluicegate_worker.domain import commands
from sluicegate_worker.domain.answers import Answer, owe
from sluicegate_worker.domain.events import Told
from sluicegate_worker.domain.rank import first_rank, resume_rank
from sluicegate_worker.domain.receiving import begin
from sluicegate_worker.executing.ends import written
from sluicegate_worker.lifecycle import lifecycle

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
REQUEST = commands.RequestReceived("job-1", "demo", 5, 3, None, "digest", True)


def test_a_higher_priority_overtakes_but_everything_ages() -> None:
    assert first_rank(NOW, 9) < first_rank(NOW, 5)
    assert first_rank(NOW - timedelta(minutes=5), 5) < first_rank(NOW, 9)


def test_what_a_person_has_waited_for_goes_a_little_ahead() -> None:
    assert resume_rank(NOW, 5) == first_rank(NOW, 5) - timedelta(minutes=1)
    assert resume_rank(NOW, 10) < first_rank(NOW, 10)


def test_a_run_for_later_has_no_rank_and_one_for_the_past_is_ready_now() -> None:
    later = begin(commands.RequestReceived("a", "t", 5, 3, NOW + timedelta(hours=1), "d", False), NOW)
    assert (later.rank, later.due_at) == (None, NOW + timedelta(hours=1))
    past = begin(commands.RequestReceived("a", "t", 5, 3, datetime(1, 1, 1, tzinfo=UTC), "d", False), NOW)
    assert past.ready_at == NOW


def test_the_same_answer_is_owed_once() -> None:
    one, other = (Answer(AnswerOutcome.APPLIED, control_id=uuid4()) for _ in range(2))
    owed = owe(owe(owe(None, one), other), one)
    assert [answer["controlId"] for answer in orjson.loads(owed)] == [str(one.control_id), str(other.control_id)]


@pytest.mark.parametrize("full", [False, True])
def test_a_lifecycle_reads_back_as_its_contract_says(full: bool) -> None:
    run = begin(REQUEST, NOW)
    told = Told(run._replace(seq=4))
    request = None
    if full:
        answers = owe(None, Answer(AnswerOutcome.REFUSED, "superseded", control_id=uuid4()))
        run = run._replace(
            seq=7,
            status=Status.FAILED,
            worker_id="w1",
            lost_worker_id="w2",
            handler_version="2",
            waiting_for=uuid4(),
            blocked_reason="no-handler",
            progress='{"done":9007199254740993}',
            steps='[{"name":"plan","kind":"step","durationMs":1.5,"replayed":true}]',
            result='{"n":18446744073709551617}',
            error='{"type":"X","message":"y","retryable":false}',
            running_ms=1.5,
            started_at=NOW,
            finished_at=NOW,
        )
        told = Told(run, answers, True)
        request = '{"jobId":"job-1","jobType":"demo","taskDescription":"x"}'
    message = lifecycle(told, request, NOW)
    read = envelope.read(JobLifecycle, message.value, message.headers).data
    assert isinstance(read, JobLifecycle)
    assert (read.job_id, read.seq, read.status) == ("job-1", run.seq if full else 4, run.status)
    assert (message.key, read.ready_at, read.at) == ("job-1", NOW, NOW)
    if full:
        assert read.result == {"n": 2**64 + 1}
        assert read.request is not None
        assert read.answers is not None
        assert read.steps is not None


def test_a_checkpoint_reads_back_with_its_exact_payload() -> None:
    payload = '{"big":9007199254740993,"text":"\\"ü\\u2028"}'.encode()
    asked = CheckpointEntry("go", Kind.APPROVAL, checkpoint_id("job-1", 1, "go", 1), 1, payload, digest(payload))
    ask = Ask(asked, "Go?", "why", {"type": "object"}, View(kind="json"), expires_in_seconds=5)
    entry = entry_of(begin(REQUEST, NOW)._replace(handler_version="3"), ask, "ana", NOW)
    message = checkpoint_created(entry, NOW)
    read = envelope.read(CheckpointCreated, message.value, message.headers).data
    assert isinstance(read, CheckpointCreated)
    assert read.payload.encode() == payload
    assert digest(read.payload.encode()) == read.payload_digest
    assert (read.title, read.description, read.expires_in_seconds) == ("Go?", "why", 5)


def test_a_retry_waits_as_the_policy_or_the_handler_says() -> None:
    def after(error: JobError, wanted: float | None) -> float | None:
        end = written(Failed(error, wanted), 2, RetryPolicy(base_seconds=1, jitter=0), lambda: 0.5)
        assert isinstance(end, commands.Failed)
        return end.retry_after_seconds

    passing = JobError(type="X", message="y", retryable=True)
    assert after(passing, None) == 2
    assert after(passing, 7) == 7
    assert after(JobError(type="X", message="y", retryable=False), 7) is None


def test_an_error_that_no_text_may_hold_is_still_told() -> None:
    error = JobError(type="X", message="a\0b\ud800", retryable=False, traceback="line 1\0\ud800")
    end = written(Failed(error), 1, RetryPolicy(), lambda: 0.5)
    assert isinstance(end, commands.Failed)
    told = orjson.loads(end.error)
    assert (told["message"], told["traceback"]) == ("a\ufffdb?", "line 1\ufffd?")


def test_suspended_and_lost_attempts_write_nothing_more() -> None:
    assert written(Suspended(), 1, RetryPolicy(), lambda: 0.5) is None
    assert written(Lost(), 1, RetryPolicy(), lambda: 0.5) is None
    assert isinstance(written(Rejected("go", "no"), 1, RetryPolicy(), lambda: 0.5), commands.Rejected)
    assert isinstance(written(Expired("go"), 1, RetryPolicy(), lambda: 0.5), commands.Expired)


def test_an_upstream_name_is_a_claim_and_fits() -> None:
    assert upstream_name("crm", "ana") == "upstream:crm/ana"
    assert upstream_name(None, None) == "upstream:unknown/unknown"
    assert len(upstream_name("s" * 500, "n" * 200)) == 200
