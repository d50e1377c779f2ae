"""The tables that operations lock and write, in the order in which every replica locks them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sluicegate_kit.db.table import Table
from sluicegate_schemas.fleet_control import Desired
from sluicegate_worker.domain.controls import Control
from sluicegate_worker.domain.journal import Entry
from sluicegate_worker.domain.run import PastRun, Run


class Request(NamedTuple):
    """What was asked for. Never changes."""

    job_id: str
    request: str
    """JSON of `job-requested`, with `requestedBy` as it is shown."""
    requested_by: str
    received_at: datetime
    traceparent: str | None = None
    """Of whoever asked, where they said it: the trace that the first attempts belong to."""


class Fleet(NamedTuple):
    """What the fleet should do; one row."""

    key: str
    version: int
    desired: Desired


class ReportSweep(NamedTuple):
    """A call for the latest state of every job, on its way through the table."""

    control_id: UUID
    after_job_id: str
    """Everything up to this one is told."""


FLEET = Table("fleet", Fleet, key="key")
REPORT_SWEEPS = Table("report_sweeps", ReportSweep, key="control_id")
CONTROLS = Table("controls", Control, key="control_id")
RUNS = Table("runs", Run, key="job_id")
JOURNAL = Table("journal", Entry, key=("job_id", "run", "name"))
JOURNALED = Table("journal", Entry, key=("job_id", "run", "name"), insert_only=True)
"""The same table, for entries that the holder of the run's lease adds: nobody else can, so no lock is needed."""
REQUESTS = Table("requests", Request, key="job_id", insert_only=True)
PAST_RUNS = Table("past_runs", PastRun, key=("job_id", "run"), insert_only=True)

TABLES = (FLEET, REPORT_SWEEPS, CONTROLS, RUNS, JOURNAL, JOURNALED, REQUESTS, PAST_RUNS)
