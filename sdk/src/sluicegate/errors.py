"""What can end an attempt: errors that fail it, and signals that leave the handler without being errors."""

from uuid import UUID

__all__ = [
    "AttemptTimedOut",
    "CheckpointExpired",
    "CheckpointRejected",
    "ContextClosed",
    "DecisionMismatch",
    "DuplicateHandler",
    "DuplicateKey",
    "HandlerDefinitionError",
    "HandlerModuleError",
    "InvalidAsk",
    "InvalidInput",
    "InvalidName",
    "JobCancelled",
    "JournalFailed",
    "JournalMismatch",
    "LeaseLost",
    "NeverAwaited",
    "PayloadTooLarge",
    "RetryLater",
    "RunSuspended",
    "Signal",
    "SluicegateError",
    "TerminalError",
    "UnencodableValue",
]


class SluicegateError(Exception):
    """Something that Sluicegate's SDK refuses or reports."""


class TerminalError(SluicegateError):
    """Fails the job for good: trying again would end the same way. Handlers raise it, or subclass it."""


class RetryLater(SluicegateError):
    """Fails the attempt; the next one starts no sooner than `after_seconds` from now."""

    def __init__(self, message: str, *, after_seconds: float) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class InvalidInput(TerminalError):
    """The handler's input model refuses the job's `inputData`."""


class InvalidName(TerminalError):
    """A step name or checkpoint key is not 1 to 200 characters of plain text."""


class InvalidAsk(TerminalError):
    """A checkpoint was asked for with a field that its contract refuses."""


class DuplicateKey(TerminalError):
    """A step name or checkpoint key was used twice in one run."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} was already used in this run; every step and checkpoint needs its own name")
        self.name = name


class NeverAwaited(TerminalError):
    """The handler called its context without `await`: nothing of that call was done."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was called without await, so nothing of it was done")
        self.what = what


class JournalMismatch(TerminalError):
    """The handler no longer does what its run's journal says that it did."""


class DecisionMismatch(TerminalError):
    """A decision was made on other bytes than those that the run asked about."""


class PayloadTooLarge(TerminalError):
    """A payload, result or progress value is over its limit. Nothing of it was journaled."""

    def __init__(self, what: str, size: int, limit: int) -> None:
        super().__init__(f"{what} takes {size:,} bytes; at most {limit:,} are allowed")
        self.size = size
        self.limit = limit


class UnencodableValue(TerminalError):
    """A payload, result or progress value holds something that JSON can't carry exactly."""


class HandlerDefinitionError(SluicegateError):
    """A function under `@job_handler` can't be a handler."""


class HandlerModuleError(SluicegateError):
    """A module named as a source of handlers can't be imported, or holds none."""


class DuplicateHandler(SluicegateError):
    """Two handlers claim the same job type."""

    def __init__(self, job_type: str, first: str, second: str) -> None:
        super().__init__(f"job type {job_type!r} has two handlers: {first} and {second}")
        self.job_type = job_type


class Signal(BaseException):
    """Leaves a handler without being an error: `except Exception` never sees it."""


class CheckpointRejected(Signal):
    """A person said no. Unhandled, it ends the job as `rejected`."""

    def __init__(
        self, key: str, reason: str | None, decided_by: tuple[str, ...], decision_id: UUID | None = None
    ) -> None:
        super().__init__(f"checkpoint {key!r} was rejected: {reason}")
        self.key = key
        self.reason = reason
        self.decided_by = decided_by
        self.decision_id = decision_id


class CheckpointExpired(Signal):
    """Nobody decided in time. Unhandled, it ends the job as `expired`."""

    def __init__(self, key: str) -> None:
        super().__init__(f"checkpoint {key!r} expired before anybody decided")
        self.key = key


class JobCancelled(Signal):
    """The job was cancelled. The context is closed: clean up, then leave."""


class RunSuspended(Signal):
    """The run waits for a person and has left its slot. The context is closed."""


class LeaseLost(Signal):
    """This attempt may no longer write: another replica may own the run. The context is closed."""


class AttemptTimedOut(Signal):
    """The attempt ran longer than the job's `timeoutSeconds`. Waiting for a person does not count."""

    def __init__(self, timeout_seconds: float) -> None:
        super().__init__(f"the attempt ran longer than {timeout_seconds:g} s")
        self.timeout_seconds = timeout_seconds


class JournalFailed(Signal):
    """The journal refused to write a suspension; the cause says why."""


class ContextClosed(Signal):
    """The context was used after its attempt had ended."""
