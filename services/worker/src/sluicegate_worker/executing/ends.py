"""How an attempt ended, in the words of the domain."""

from collections.abc import Callable
from math import isnan
from typing import assert_never

import orjson

from sluicegate.ends import AttemptEnd, Cancelled, Expired, Failed, Lost, Rejected, Succeeded, Suspended
from sluicegate.retry import RetryPolicy
from sluicegate_worker.domain import commands

LONGEST_WAIT_SECONDS = 31_536_000
"""A year: what a handler asks for beyond that is a mistake in its units."""
MESSAGE_CHARACTERS = 2_000
TRACEBACK_CHARACTERS = 10_000


def written(end: AttemptEnd, attempt: int, retry: RetryPolicy, random: Callable[[], float]) -> commands.End | None:
    """What has to be written; None: nothing, or the journal has written it."""
    match end:
        case Succeeded(result):
            return commands.Succeeded(result.decode())
        case Failed(error, retry_after_seconds):
            after = _possible(retry_after_seconds)
            if error.retryable and after is None:
                after = retry.delay_seconds(attempt, random)
            told = error_json(error.type, error.message, retryable=error.retryable, traceback=error.traceback)
            return commands.Failed(told, after if error.retryable else None)
        case Rejected(key, reason):
            return commands.Rejected(error_json("CheckpointRejected", f"{key}: {reason or 'no reason given'}"))
        case Expired(key):
            return commands.Expired(error_json("CheckpointExpired", f"{key}: nobody decided in time"))
        case Cancelled():
            return commands.Cancelled()
        case Suspended() | Lost():
            return None
        case _:
            assert_never(end)


def _possible(after_seconds: float | None) -> float | None:
    """A wait that a calendar has room for, of whatever a handler made of some header; None: the policy's."""
    if after_seconds is None or isnan(after_seconds):
        return None
    return min(max(after_seconds, 0.0), LONGEST_WAIT_SECONDS)


def error_json(kind: str, message: str, *, retryable: bool = False, traceback: str | None = None) -> str:
    """An error as it is kept and told; what no JSON text may hold is replaced."""
    told = {"type": kind, "message": _plain(message[:MESSAGE_CHARACTERS]), "retryable": retryable}
    if traceback is not None:
        told["traceback"] = _plain(traceback[-TRACEBACK_CHARACTERS:])
    return orjson.dumps(told).decode()


def _plain(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
