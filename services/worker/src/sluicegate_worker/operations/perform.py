"""Performs what the domain has decided about a run, in the batch's transaction."""

from typing import assert_never

from sluicegate_kit.db.errors import NotLocked
from sluicegate_kit.db.rows import Rows
from sluicegate_worker.asking import answer_key
from sluicegate_worker.domain.answers import Answer
from sluicegate_worker.domain.commands import Command
from sluicegate_worker.domain.events import Decided, Journaled, Settled, Superseded, Told
from sluicegate_worker.domain.machine import decide
from sluicegate_worker.domain.run import Run, past
from sluicegate_worker.lifecycle import lifecycle
from sluicegate_worker.tables import CONTROLS, JOURNAL, PAST_RUNS, REQUESTS, RUNS

SETTLE = "UPDATE controls SET outcome = %b, outcome_reason = %b WHERE control_id = %b"


def happen(rows: Rows, run: Run, command: Command, request: str | None = None) -> Run:
    """Let the command happen to the run, and give the run as it is now. `request`: its JSON, if it is at hand."""
    return perform(rows, run, decide(run, command, rows.now), request)


def perform(rows: Rows, before: Run, decided: Decided, request: str | None = None) -> Run:
    """Write the run and do what follows."""
    run = decided.run
    for event in decided.events:
        match event:
            case Told():
                run = _tell(rows, run, event, request)
            case Settled(answer):
                _settle(rows, answer)
            case Superseded(ended):
                rows.put(PAST_RUNS, past(ended))
            case Journaled(entry):
                rows.put(JOURNAL, entry)
            case _:
                assert_never(event)
    if run is not before:
        rows.put(RUNS, run)
    return run


def _tell(rows: Rows, run: Run, told: Told, request: str | None) -> Run:
    waits = None if told.open_approval is None else answer_key(told.open_approval)
    if told.with_request and request is None and (request := _request(rows, run.job_id)) is None:
        run = run._replace(owes_request=True)
    rows.emit(lifecycle(told, request if told.with_request else None, rows.now), answer_key=waits)
    return run


def _request(rows: Rows, job_id: str) -> str | None:
    try:
        known = rows.get(REQUESTS, job_id)
    except NotLocked:
        return None
    return None if known is None else known.request


def _settle(rows: Rows, answer: Answer) -> None:
    assert answer.control_id is not None
    try:
        control = rows.get(CONTROLS, answer.control_id)
    except NotLocked:
        rows.execute(SETTLE, answer.outcome.value, answer.reason, answer.control_id)
        return
    if control is not None:
        rows.put(CONTROLS, control._replace(outcome=answer.outcome, outcome_reason=answer.reason))
