"""What is left when all has come to rest: the three databases, the sink, the topics, and what clients were told."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from sluicegate_schemas.job_lifecycle import JobLifecycle
from tests.witness.effect_sink import Effect, read_effects

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A client was told that its decision is the one."""

    checkpoint_id: str
    decision_id: str
    outcome: str


@dataclass(slots=True)
class Evidence:
    """Rows as dictionaries, by their table's name."""

    accepted: set[str]
    """Ids of the jobs that somebody was told are accepted."""
    told: list[Told] = field(default_factory=list)
    poison: dict[str, str] = field(default_factory=dict)
    """What was sent that can't be handled: its text, and the code it must be dead-lettered with."""
    effects: list[Effect] = field(default_factory=list)
    lifecycles: list[JobLifecycle] = field(default_factory=list)
    api: dict[str, list[Row]] = field(default_factory=dict)
    worker: dict[str, list[Row]] = field(default_factory=dict)
    checkpoint: dict[str, list[Row]] = field(default_factory=dict)
    killed: set[int] = field(default_factory=set)
    """Processes that ended before they could record what they had just done."""
    slept: set[int] = field(default_factory=set)
    """Processes that lost their leases in their sleep, and with them the right to record what they had just done."""

    @property
    def decisions(self) -> dict[str, Row]:
        """Decided checkpoints by their id."""
        return {str(row["checkpoint_id"]): row for row in self.checkpoint["checkpoints"] if row["decision_id"]}

    @property
    def runs(self) -> list[Row]:
        """Every run of every job, the current ones last."""
        return [*self.worker["past_runs"], *self.worker["runs"]]

    def lifecycles_of_jobs(self) -> dict[str, list[JobLifecycle]]:
        """What the worker told of each job, in the order of the topic."""
        of_jobs: dict[str, list[JobLifecycle]] = defaultdict(list)
        for lifecycle in self.lifecycles:
            of_jobs[lifecycle.job_id].append(lifecycle)
        return of_jobs


API_TABLES = ("jobs", "job_requests", "controls", "job_decision_answers", "dead_letters", "outbox")
WORKER_TABLES = ("runs", "past_runs", "requests", "journal", "controls", "outbox")
CHECKPOINT_TABLES = ("checkpoints", "outbox")


def read_tables(url: str, tables: tuple[str, ...]) -> dict[str, list[Row]]:
    """All rows of these tables, as one snapshot."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return {table: list(connection.execute(f"SELECT * FROM {table}".encode()).fetchall()) for table in tables}


SHOWN_DECISIONS = """
SELECT DISTINCT ON (d.checkpoint_id) d.*
FROM job_decisions d LEFT JOIN job_decision_answers a USING (decision_id)
ORDER BY d.checkpoint_id, a.decision_id IS NULL, d.at, d.decision_id
"""
"""The api holds no key to tell a forgery: of several decisions on one checkpoint it shows the one that is answered."""


def read_shown_decisions(url: str) -> list[Row]:
    """One at most for each checkpoint."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return list(connection.execute(SHOWN_DECISIONS).fetchall())


def gather(accepted: set[str], databases: Mapping[str, str], sink: Path, told: list[Told]) -> Evidence:
    """Evidence from running databases; `databases` are URLs of `api`, `worker` and `checkpoint`."""
    of_api = read_tables(databases["api"], API_TABLES)
    of_api["job_decisions"] = read_shown_decisions(databases["api"])
    return Evidence(
        accepted=accepted,
        told=told,
        effects=read_effects(sink),
        api=of_api,
        worker=read_tables(databases["worker"], WORKER_TABLES),
        checkpoint=read_tables(databases["checkpoint"], CHECKPOINT_TABLES),
    )
