"""What the services' own SQL means, in Python. A text that is not listed here is an error."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sluicegate_api.tables import JOBS
from sluicegate_checkpoint_svc.tables import CHECKPOINTS
from sluicegate_kit.db.table import NOW, Selection, Table
from sluicegate_kit.kafka.positions import POSITIONS
from sluicegate_kit.outbox.row import OUTBOX
from sluicegate_kit.outbox.sweeper import DUE, MAKE_DUE
from sluicegate_schemas.job_lifecycle import AnswerOutcome
from sluicegate_worker.loops.reporter import JOBS_PER_SECOND
from sluicegate_worker.operations.perform import SETTLE
from sluicegate_worker.operations.settle import OF_JOBS, OF_RUNS
from sluicegate_worker.operations.stage import LOST
from sluicegate_worker.tables import CONTROLS, JOURNAL, REPORT_SWEEPS, REQUESTS, RUNS
from tests.simulation.tables import Tables

Applies: TypeAlias = Callable[[Any], bool]
Condition: TypeAlias = Callable[[Tables, datetime, Sequence[Any]], Applies]

INFINITY = datetime.max.replace(tzinfo=UTC)
"""Stands for PostgreSQL's 'infinity'."""


class UnknownQuery(Exception):
    """The simulation has not been told what this statement means."""


def select(tables: Tables, selection: Selection[Any], now: datetime) -> list[Any]:
    """The rows that a selection finds, in its order."""
    condition = _known(SELECTIONS, (selection.table.name, selection.where))
    applies = condition(tables, now, selection.params)
    found = [row for row in tables.rows(selection.table) if applies(row)]
    if (order := selection.order) is not None:
        found.sort(key=lambda row: getattr(row, order))
    return found[: selection.limit]


def matches(where: str) -> Applies:
    """What a `Match` asks beyond its column."""
    applies: Applies = _known(MATCHES, where)
    return applies


def execute(tables: Tables, statement: str, params: Sequence[Any], now: datetime) -> None:
    """A statement of its own."""
    if statement.startswith("NOTIFY "):
        tables.notify(statement)
    else:
        _known(STATEMENTS, statement)(tables, now, *params)


def _known(known: dict[Any, Any], statement: object) -> Any:
    try:
        return known[statement]
    except KeyError:
        raise UnknownQuery(statement) from None


def _of_row(applies: Callable[[Any, datetime], bool]) -> Condition:
    return lambda tables, now, params: lambda row: applies(row, now)


def _ready(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    (job_types,) = params
    return lambda run: run.rank is not None and run.job_type in job_types


def _blocked(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    (job_types,) = params
    return lambda run: run.due_at is not None and run.blocked_reason is not None and run.job_type in job_types


def _lost(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    live = {member.owner for member in tables.replicas.values() if member.lease_until > now}
    return lambda run: run.owner is not None and run.owner not in live


def _requests_of_lost(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    lost = _lost(tables, now, params)
    jobs = {run.job_id for run in tables.rows(RUNS) if run.owes_request and lost(run)}
    return lambda request: request.job_id in jobs


def _of_job(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    (job_id,) = params
    return lambda row: row.job_id == job_id


def _of_jobs(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    (job_ids,) = params
    return lambda request: request.job_id in job_ids


def _of_runs(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    runs = set(zip(*params, strict=True))
    return lambda entry: (entry.job_id, entry.run) in runs


def _checkpoints(among: Condition) -> Condition:
    def condition(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
        applies = among(tables, now, params)
        return lambda entry: entry.checkpoint_id is not None and applies(entry)

    return condition


def _page(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    after, retention = params
    return lambda run: run.job_id > after and (run.finished_at is None or run.finished_at > now - retention)


def _of_page(tables: Tables, now: datetime, params: Sequence[Any]) -> Applies:
    applies = _page(tables, now, params)
    jobs = sorted(run.job_id for run in tables.rows(RUNS) if applies(run))[:JOBS_PER_SECOND]
    return lambda row: row.job_id in jobs


PAGE = "job_id > %b AND (finished_at IS NULL OR finished_at > clock_timestamp() - %b::interval)"
OF_PAGE = f"job_id IN (SELECT job_id FROM runs WHERE {PAGE} ORDER BY job_id LIMIT {JOBS_PER_SECOND})"

_SELECTIONS: dict[tuple[Table[Any], str], Condition] = {
    (OUTBOX, DUE): _of_row(lambda row, now: row.claimed_until <= now),
    (JOBS, f"report_at <= {NOW}"): _of_row(lambda job, now: job.report_at and job.report_at <= now),
    (CHECKPOINTS, f"state = 'pending' AND expires_at <= {NOW}"): _of_row(
        lambda row, now: row.state == "pending" and row.expires_at is not None and row.expires_at <= now
    ),
    (RUNS, "rank IS NOT NULL AND job_type = ANY(%b::text[])"): _ready,
    (RUNS, "rank IS NOT NULL AND NOT announced"): _of_row(lambda run, now: run.rank and not run.announced),
    (RUNS, f"due_at <= {NOW}"): _of_row(lambda run, now: run.due_at and run.due_at <= now),
    (RUNS, "due_at IS NOT NULL AND blocked_reason IS NOT NULL AND job_type = ANY(%b::text[])"): _blocked,
    (RUNS, LOST): _lost,
    (REQUESTS, f"job_id IN (SELECT job_id FROM runs WHERE owes_request AND {LOST})"): _requests_of_lost,
    (REQUESTS, "job_id = %b"): _of_job,
    (REQUESTS, OF_JOBS): _of_jobs,
    (JOURNAL, OF_RUNS): _of_runs,
    (JOURNAL, "job_id = %b AND checkpoint_id IS NOT NULL"): _checkpoints(_of_job),
    (POSITIONS, "true"): _of_row(lambda row, now: True),
    (REPORT_SWEEPS, "true"): _of_row(lambda row, now: True),
    (RUNS, PAGE): _page,
    (REQUESTS, OF_PAGE): _of_page,
    (JOURNAL, f"{OF_PAGE} AND checkpoint_id IS NOT NULL"): _checkpoints(_of_page),
}
SELECTIONS = {(table.name, where): condition for (table, where), condition in _SELECTIONS.items()}

MATCHES: dict[str, Applies] = {
    "true": lambda row: True,
    "checkpoint_id IS NOT NULL": lambda row: row.checkpoint_id is not None,
    "outcome IS NULL": lambda row: row.outcome is None,
    "kind = 'approval' AND applied_at IS NULL": lambda row: row.kind == "approval" and row.applied_at is None,
}


def _delete_sent(tables: Tables, now: datetime, ids: Collection[UUID]) -> None:
    outbox = tables.of(OUTBOX)
    for each in ids:
        outbox.pop(each, None)


def _shelve(tables: Tables, now: datetime, ids: Collection[UUID]) -> None:
    outbox = tables.of(OUTBOX)
    outbox |= {each: outbox[each]._replace(claimed_until=INFINITY) for each in ids if each in outbox}


def _make_waits_due(tables: Tables, now: datetime) -> None:
    outbox = tables.of(OUTBOX)
    outbox |= {row.id: row._replace(claimed_until=now) for row in outbox.values() if row.claimed_until < INFINITY}


def _settle_control(tables: Tables, now: datetime, outcome: str, reason: str | None, control_id: UUID) -> None:
    controls = tables.of(CONTROLS)
    if control_id in controls:
        controls[control_id] = controls[control_id]._replace(outcome=AnswerOutcome(outcome), outcome_reason=reason)


STATEMENTS: dict[str, Callable[..., None]] = {
    "DELETE FROM outbox WHERE id IN "
    "(SELECT id FROM outbox WHERE id = ANY(%b::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED)": _delete_sent,
    "UPDATE outbox SET claimed_until = 'infinity' WHERE id = ANY(%b::uuid[])": _shelve,
    MAKE_DUE: _make_waits_due,
    SETTLE: _settle_control,
}
