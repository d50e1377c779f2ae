"""What a user of Sluicegate imports: write handlers, test them in memory, call the HTTP API."""

from sluicegate.context import JobContext
from sluicegate.decision import Decision
from sluicegate.errors import (
    CheckpointExpired,
    CheckpointRejected,
    DuplicateKey,
    InvalidAsk,
    InvalidInput,
    InvalidName,
    JobCancelled,
    JournalMismatch,
    LeaseLost,
    NeverAwaited,
    PayloadTooLarge,
    RetryLater,
    RunSuspended,
    SluicegateError,
    TerminalError,
    UnencodableValue,
)
from sluicegate.handler import Handler, job_handler
from sluicegate.journal import View
from sluicegate.retry import RetryPolicy
from sluicegate.sync_context import SyncJobContext

__all__ = [
    "CheckpointExpired",
    "CheckpointRejected",
    "Decision",
    "DuplicateKey",
    "Handler",
    "InvalidAsk",
    "InvalidInput",
    "InvalidName",
    "JobCancelled",
    "JobContext",
    "JournalMismatch",
    "LeaseLost",
    "NeverAwaited",
    "PayloadTooLarge",
    "RetryLater",
    "RetryPolicy",
    "RunSuspended",
    "SluicegateError",
    "SyncJobContext",
    "TerminalError",
    "UnencodableValue",
    "View",
    "job_handler",
]
