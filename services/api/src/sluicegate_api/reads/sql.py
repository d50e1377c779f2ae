"""The tables as queries name them."""

from typing import Any

import sqlalchemy as sa

from sluicegate_api import tables
from sluicegate_kit.db.table import Table


def _clause(table: Table[Any]) -> sa.TableClause:
    return sa.table(table.name, *(sa.column(name) for name in table.columns))


JOBS = _clause(tables.JOBS)
JOB_REQUESTS = _clause(tables.JOB_REQUESTS)
JOB_EVENTS = _clause(tables.JOB_EVENTS)
CONTROLS = _clause(tables.CONTROLS)
JOB_CHECKPOINTS = _clause(tables.JOB_CHECKPOINTS)
JOB_DECISIONS = _clause(tables.JOB_DECISIONS)
JOB_DECISION_ANSWERS = _clause(tables.JOB_DECISION_ANSWERS)
FLEET = _clause(tables.FLEET)
WORKER_REPLICAS = _clause(tables.WORKER_REPLICAS)
DEAD_LETTERS = _clause(tables.DEAD_LETTERS)
