"""Evidence for the checkers, from the tables in memory."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sluicegate_api import tables as api
from sluicegate_api.domain.checkpoints import picture
from sluicegate_checkpoint_svc import tables as checkpoint
from sluicegate_kit.db.table import Table
from sluicegate_kit.outbox.row import OUTBOX
from sluicegate_worker import tables as worker
from tests.simulation.harm import Harm
from tests.simulation.house import House
from tests.simulation.outside import Outside
from tests.simulation.sink import Sink
from tests.simulation.tables import Tables
from tests.witness.evidence import Evidence, Row


def evidence(house: House, outside: Outside, harm: Harm) -> Evidence:
    """As `tests.witness.evidence.gather` makes it from databases."""
    of_api = _rows(house.api_database.tables, (api.JOBS, api.JOB_REQUESTS, api.CONTROLS, api.DEAD_LETTERS, OUTBOX))
    of_api["job_decisions"] = _shown(house.api_database.tables)
    return Evidence(
        accepted=outside.accepted,
        told=outside.told,
        poison=harm.poison,
        effects=house.sink.effects(),
        lifecycles=house.broker.lifecycles,
        api=of_api,
        worker=_rows(
            house.worker_database.tables,
            (worker.RUNS, worker.PAST_RUNS, worker.REQUESTS, worker.JOURNAL, worker.CONTROLS, OUTBOX),
        ),
        checkpoint=_rows(house.checkpoint_database.tables, (checkpoint.CHECKPOINTS, OUTBOX)),
    )


def reached(seen: Evidence, sink: Sink) -> set[str]:
    """Which states and outcomes came about."""
    facts = {f"run {row['status']}" for row in seen.runs}
    facts |= {f"checkpoint {row['state']}" for row in seen.checkpoint["checkpoints"]}
    facts |= {f"decision {row['effect']}" for row in seen.worker["journal"] if row["effect"]}
    facts |= {f"{row['action']} {row['outcome']}" for row in seen.worker["controls"]}
    facts |= {f"dead letter {row['code']}" for row in seen.api["dead_letters"]}
    facts |= {"an effect without a record" for one in sink.done if not one.recorded}
    if len(seen.effects) < len(sink.done):
        facts.add("an effect that was repeated")
    return facts


def fingerprint(trace: Iterable[str], seen: Evidence) -> str:
    """The same for every replay: of what was done, and of what the worker told."""
    told = [f"{one.job_id} {one.run} {one.seq} {one.status}" for one in seen.lifecycles]
    return sha256("\n".join([*trace, *told]).encode()).hexdigest()


def _rows(tables: Tables, wanted: Iterable[Table[Any]]) -> dict[str, list[Row]]:
    return {
        table.name: [{name: getattr(row, name) for name in table.columns} for row in tables.rows(table)]
        for table in wanted
    }


def _shown(tables: Tables) -> list[Row]:
    """The decisions that the api shows: of several on one checkpoint, the one that the worker answered."""
    shown = picture(
        tables.rows(api.JOB_CHECKPOINTS), tables.rows(api.JOB_DECISIONS), tables.rows(api.JOB_DECISION_ANSWERS)
    )
    return [
        {name: getattr(one.decision, name) for name in api.JOB_DECISIONS.columns}
        for one in shown
        if one.decision is not None
    ]
