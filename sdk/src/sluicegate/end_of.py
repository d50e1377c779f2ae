"""Translates what left a handler into how its attempt ended."""

from sluicegate.ends import AttemptEnd, Cancelled, Expired, Failed, JobError, Lost, Rejected, Suspended
from sluicegate.errors import (
    AttemptTimedOut,
    CheckpointExpired,
    CheckpointRejected,
    JobCancelled,
    JournalFailed,
    LeaseLost,
    RetryLater,
    RunSuspended,
    Signal,
    TerminalError,
)
from sluicegate.where_raised import where_raised

MESSAGE_CHARACTERS = 2000


def end_of_closed(by: BaseException) -> AttemptEnd:
    """The end of an attempt whose context was closed; what the handler did then does not count."""
    match by:
        case RunSuspended():
            return Suspended()
        case LeaseLost():
            return Lost()
        case JobCancelled():
            return Cancelled()
        case JournalFailed(__cause__=BaseException() as cause):
            return failed(cause)
        case AttemptTimedOut():
            return failed(by, retryable=True)
        case _:
            return failed(by)


def end_of_raised(error: BaseException) -> AttemptEnd:
    """The end of an attempt whose handler raised `error` while its context was open."""
    match _essential(error):
        case CheckpointRejected() as rejected:
            return Rejected(rejected.key, rejected.reason, rejected.decision_id)
        case CheckpointExpired() as expired:
            return Expired(expired.key)
        case other:
            return failed(other)


def failed(error: BaseException, *, retryable: bool | None = None) -> Failed:
    """A failure that says what was raised. Terminal: `TerminalError`s, and signals that a handler made up."""
    if retryable is None:
        retryable = not isinstance(error, TerminalError | Signal)
    after = error.after_seconds if isinstance(error, RetryLater) else None
    job_error = JobError(
        type=type(error).__name__, message=_message(error), retryable=retryable, traceback=where_raised(error)
    )
    return Failed(job_error, after, error)


def _essential(error: BaseException) -> BaseException:
    """Of an exception group, the one that says most: a person's answer, then what can't be retried, then the first."""
    leaves = _leaves(error)
    for wanted in (CheckpointRejected, CheckpointExpired, TerminalError):
        for leaf in leaves:
            if isinstance(leaf, wanted):
                return leaf
    return leaves[0]


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception as broken:
        text = f"its message can't be read: {type(broken).__name__}"
    # What a message may not hold on the wire: U+0000 and lone surrogates.
    text = text.encode(errors="backslashreplace").decode().replace("\0", "\\0")
    return text if len(text) <= MESSAGE_CHARACTERS else text[: MESSAGE_CHARACTERS - 1] + "…"
