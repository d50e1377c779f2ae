"""Calls Sluicegate over HTTP: `AsyncClient`, and `Client` for code without an event loop."""

from sluicegate.client._async.client import AsyncClient
from sluicegate.client._sync.client import Client
from sluicegate.client.connection import Connection, find_connection
from sluicegate.client.errors import (
    AlreadyDecided,
    BadConfiguration,
    BadCursor,
    ChangedSinceShown,
    ClientError,
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    NotConfigured,
    NotFound,
    Problem,
    ResentByOwner,
    SelfApproval,
    ServerDefect,
    ShownVersionRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
    WaitTimedOut,
)
from sluicegate.client.models.checkpoint import Checkpoint, Decision, Edit, JobCheckpoint, ShownCheckpoint, State
from sluicegate.client.models.dead_letter import DeadLetter, ShownDeadLetter
from sluicegate.client.models.fleet import Fleet, QueueDepth, Replica
from sluicegate.client.models.job import Job, PendingControl, Until, WaitingFor
from sluicegate.client.models.page import Page
from sluicegate.client.retries import Retries

__all__ = [
    "AlreadyDecided",
    "AsyncClient",
    "BadConfiguration",
    "BadCursor",
    "ChangedSinceShown",
    "Checkpoint",
    "Client",
    "ClientError",
    "Conflict",
    "Connection",
    "DeadLetter",
    "Decision",
    "Edit",
    "Fleet",
    "Forbidden",
    "IdempotencyKeyReused",
    "InvalidRequest",
    "Job",
    "JobCheckpoint",
    "NotConfigured",
    "NotFound",
    "Page",
    "PendingControl",
    "Problem",
    "QueueDepth",
    "Replica",
    "ResentByOwner",
    "Retries",
    "SelfApproval",
    "ServerDefect",
    "ShownCheckpoint",
    "ShownDeadLetter",
    "ShownVersionRequired",
    "State",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
    "Until",
    "WaitTimedOut",
    "WaitingFor",
    "find_connection",
]
