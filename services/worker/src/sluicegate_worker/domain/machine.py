"""The state machine of a run: what it becomes, given what happens to it."""

from datetime import datetime
from typing import assert_never

from sluicegate_worker.domain.attempts import (
    announce,
    attempt_ended,
    claim,
    fence,
    lease_expired,
    progress,
    release,
    suspend,
)
from sluicegate_worker.domain.commands import (
    Announced,
    AttemptEnded,
    Claimed,
    Command,
    ControlReceived,
    DecisionReceived,
    Due,
    HandlerBack,
    LeaseExpired,
    NoHandler,
    ProgressMade,
    Recorded,
    Released,
    ReportAsked,
    RequestReceived,
    Suspended,
)
from sluicegate_worker.domain.controls import control
from sluicegate_worker.domain.events import Decided
from sluicegate_worker.domain.receiving import decision, report, request
from sluicegate_worker.domain.run import Run
from sluicegate_worker.domain.staging import block, due, unblock


def decide(run: Run, command: Command, now: datetime) -> Decided:
    """What becomes of the run. A command that does not fit its state leaves it as it is.

    Raises:
        StaleLease: an attempt without its lease wants to write.
        JobIdConflict: another request under the same id.
    """
    match command:
        case Claimed():
            return claim(run, command, now)
        case AttemptEnded():
            return attempt_ended(run, command, now)
        case Recorded():
            return fence(run, command.lease)
        case Suspended():
            return suspend(run, command, now)
        case Announced():
            return announce(run, command.lease)
        case ProgressMade():
            return progress(run, command)
        case RequestReceived():
            return request(run, command)
        case DecisionReceived():
            return decision(run, command, now)
        case ControlReceived():
            return control(run, command.control, now)
        case ReportAsked():
            return report(run, command)
        case Released():
            return release(run, command, now)
        case LeaseExpired():
            return lease_expired(run, command, now)
        case Due():
            return due(run, now)
        case NoHandler():
            return block(run, command)
        case HandlerBack():
            return unblock(run)
        case _:
            assert_never(command)
