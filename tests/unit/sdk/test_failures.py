"""Failures: what may be retried, when, and what the record says."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluicegate import (
    CheckpointExpired,
    CheckpointRejected,
    JobCancelled,
    JobContext,
    RetryLater,
    RetryPolicy,
    TerminalError,
    job_handler,
)
from sluicegate.end_of import MESSAGE_CHARACTERS, end_of_raised
from sluicegate.ends import Expired, Failed, Rejected
from sluicegate.testing import Answer, reject, run, run_async

Anything = dict[str, Any]


class OutOfPaper(TerminalError):
    """A failure of one's own."""


class Mute(Exception):
    """An error that can't be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "retryable"), [(ValueError("x"), True), (TerminalError("x"), False), (OutOfPaper("x"), False)]
)
def test_what_may_be_retried_is_a_matter_of_type(error: Exception, retryable: bool) -> None:
    end = end_of_raised(error)
    assert isinstance(end, Failed)
    assert (end.error.type, end.error.message, end.error.retryable) == (type(error).__name__, "x", retryable)


def test_a_handler_may_say_when_to_try_again() -> None:
    end = end_of_raised(RetryLater("busy", after_seconds=90))
    assert isinstance(end, Failed)
    assert (end.retry_after_seconds, end.error.retryable) == (90, True)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("a\0b"), "a\\0b"),
        (ValueError("\ud800"), "\\ud800"),
        (ValueError("x" * 5000), "x" * (MESSAGE_CHARACTERS - 1) + "…"),
        (Mute(), "its message can't be read: RuntimeError"),
    ],
)
def test_a_message_is_always_one_that_an_event_can_carry(error: Exception, message: str) -> None:
    end = end_of_raised(error)
    assert isinstance(end, Failed)
    assert end.error.message == message


def test_of_several_errors_at_once_the_one_that_says_most_counts() -> None:
    rejected, expired = CheckpointRejected("k", "no", ("ben",)), CheckpointExpired("k")
    terminal, other = TerminalError("t"), ValueError("v")

    def group(*errors: BaseException) -> BaseException:
        return BaseExceptionGroup("outer", [BaseExceptionGroup("inner", errors)])

    assert end_of_raised(group(other, expired, rejected)) == Rejected("k", "no", None)
    assert end_of_raised(group(terminal, expired)) == Expired("k")
    for errors, kind in (((other, terminal), "TerminalError"), ((other,), "ValueError")):
        end = end_of_raised(group(*errors))
        assert isinstance(end, Failed)
        assert end.error.type == kind


def test_a_signal_that_a_handler_made_up_is_a_failure_for_good() -> None:
    end = end_of_raised(JobCancelled())
    assert isinstance(end, Failed)
    assert (end.error.type, end.error.retryable) == ("JobCancelled", False)


@pytest.mark.anyio
@pytest.mark.parametrize(("answer", "status"), [(reject("no"), "rejected"), ("expire", "expired")])
async def test_a_decision_inside_a_task_group_ends_the_job_as_it_would_outside(answer: Answer, status: str) -> None:
    @job_handler("grouped")
    async def grouped(ctx: JobContext, data: Anything) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(ctx.checkpoint("ok", title="?", payload=1))
            group.create_task(asyncio.Event().wait())

    assert (await run_async(grouped, {}, decisions={"ok": answer})).status == status


def test_a_failure_is_retried_up_to_the_limit() -> None:
    @job_handler("failing")
    async def failing(ctx: JobContext, data: Anything) -> None:
        raise ConnectionError(f"attempt {ctx.attempt}")

    outcome = run(failing, {}, max_attempts=4)
    assert (outcome.status, outcome.attempts, outcome.calls) == ("failed", 4, 4)
    assert outcome.error is not None
    assert outcome.error.message == "attempt 4"


class TestRetryPolicy:
    """Delays."""

    def test_delays_double_up_to_the_maximum(self) -> None:
        policy = RetryPolicy(jitter=0)
        delays = [policy.delay_seconds(failures, lambda: 0.7) for failures in (1, 2, 3, 8, 9, 10_000)]
        assert delays == [2, 4, 8, 256, 300, 300]

    def test_jitter_takes_its_share_away(self) -> None:
        policy = RetryPolicy(base_seconds=10, jitter=0.5)
        assert policy.delay_seconds(1, lambda: 0.0) == 10
        assert policy.delay_seconds(1, lambda: 0.5) == 7.5

    @given(st.integers(1, 10**9), st.floats(0, 1, exclude_max=True), st.floats(1, 1e6), st.floats(0, 1))
    def test_a_delay_is_never_negative_and_never_above_the_maximum(
        self, failures: int, random: float, factor: float, jitter: float
    ) -> None:
        policy = RetryPolicy(factor=factor, jitter=jitter)
        assert 0 <= policy.delay_seconds(failures, lambda: random) <= 300

    @pytest.mark.parametrize(
        "wrong", [{"base_seconds": -1}, {"max_seconds": -1}, {"factor": 0.5}, {"jitter": 1.5}, {"jitter": -0.1}]
    )
    def test_a_policy_that_makes_no_sense_is_refused(self, wrong: dict[str, float]) -> None:
        with pytest.raises(ValueError, match="RetryPolicy"):
            RetryPolicy(**wrong)
