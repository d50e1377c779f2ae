"""Reads jobs: state, request, latest snapshot, pending control and what is waited for, together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.asked import Asked
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.job import Job
from sluicegate_api.reads.listing import JobFilter, Place, find, newer
from sluicegate_api.reads.sql import CONTROLS, DEAD_LETTERS, JOB_CHECKPOINTS, JOB_EVENTS, JOB_REQUESTS, JOBS
from sluicegate_schemas import strict_json

_JOB = len(tables.JOBS.columns)
_ASKED = len(tables.JOB_REQUESTS.columns)


@dataclass(frozen=True, slots=True)
class DeadRequest:
    """The dead letter that a job's own request has become."""

    dead_letter_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class KnownJob:
    """All that this service knows of a job's present."""

    job: Job
    asked: Asked | None
    """None for an upstream job whose request has not come yet."""
    snapshot: dict[str, Any] = field(default_factory=dict)
    """The latest lifecycle as it came; empty before the first."""
    pending: Control | None = None
    """The last control that has had no answer."""
    titles: dict[UUID, str] = field(default_factory=dict)
    """Of the checkpoints that it waits for."""
    dead_request: DeadRequest | None = None
    """Why no worker has heard of it."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs of a list, newest first."""

    jobs: list[KnownJob]
    further: Place | None
    """Go on after this one; None: there are no more."""
    exhausted: bool = False
    """There would be room for more, but enough has been looked at for one page."""


class JobReads:
    """Queries over the tables of jobs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def one(self, job_id: str) -> KnownJob | None:
        """The job, or None."""
        found = await self._read(_select().where(JOBS.c.job_id == job_id))
        return found[0] if found else None

    async def page(self, wanted: JobFilter, after: Place | None, limit: int) -> JobPage:
        """At most `limit` jobs, newest first, from the one after `after` on."""
        async with self._engine.connect() as connection:
            found = await find(connection, wanted, after, limit)
        return JobPage(await self.several(found.job_ids), found.further, found.exhausted)

    async def controls(self, job_id: str) -> list[Control]:
        """Every cancel and retry that was asked for, the oldest first."""
        query = sa.select(*CONTROLS.c).where(CONTROLS.c.job_id == job_id).order_by(CONTROLS.c.control_seq)
        async with self._engine.connect() as connection:
            return [tables.CONTROLS.read(row) for row in await connection.execute(query)]

    async def versions(self, job_ids: Sequence[str]) -> dict[str, str]:
        """Another text for a job whenever what a list shows of it has changed."""
        columns = (JOBS.c.job_id, JOBS.c.entries, JOBS.c.control_seq)
        async with self._engine.connect() as connection:
            rows = await connection.execute(sa.select(*columns).where(JOBS.c.job_id.in_(job_ids)))
            return {row.job_id: f"{row.entries}.{row.control_seq}" for row in rows}

    async def newer(self, wanted: JobFilter, than: Place | None, at_most: int) -> int:
        """How many jobs have come above this one; `at_most` if there are more."""
        async with self._engine.connect() as connection:
            return await newer(connection, wanted, than, at_most)

    async def several(self, job_ids: Sequence[str]) -> list[KnownJob]:
        """Those of these jobs that there are, in this order."""
        known = {job.job.job_id: job for job in await self._read(_select().where(JOBS.c.job_id.in_(job_ids)))}
        return [known[job_id] for job_id in job_ids if job_id in known]

    async def _read(self, query: sa.Select[Any]) -> list[KnownJob]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            jobs = [tables.JOBS.read(row[:_JOB]) for row in rows]
            pending = await _pending(connection, [job.job_id for job in jobs if job.control_seq > 0])
            dead = await _dead_requests(connection, [job.job_id for job in jobs if job.seq == 0])
            snapshots = [_snapshot(row[-1]) for row in rows]
            titles = await _titles(
                connection, [UUID(wanted) for snapshot in snapshots for wanted in snapshot.get("waitingFor") or ()]
            )
        return [
            KnownJob(
                job,
                _asked(row[_JOB : _JOB + _ASKED]),
                snapshot,
                pending.get(job.job_id),
                titles,
                dead.get(job.job_id),
            )
            for job, row, snapshot in zip(jobs, rows, snapshots, strict=True)
        ]


def _select() -> sa.Select[Any]:
    latest = sa.and_(JOB_EVENTS.c.job_id == JOBS.c.job_id, JOB_EVENTS.c.seq == JOBS.c.seq)
    source = JOBS.outerjoin(JOB_REQUESTS, JOB_REQUESTS.c.job_id == JOBS.c.job_id).outerjoin(JOB_EVENTS, latest)
    return sa.select(*JOBS.c, *JOB_REQUESTS.c, JOB_EVENTS.c.snapshot).select_from(source)


def _asked(values: Sequence[Any]) -> Asked | None:
    return None if values[0] is None else tables.JOB_REQUESTS.read(values)


def _snapshot(text: str | None) -> dict[str, Any]:
    """Read by the strict reader, which keeps long integers exact."""
    if text is None:
        return {}
    found = strict_json.read(text.encode())
    assert isinstance(found, dict)
    return found


async def _pending(connection: AsyncConnection, job_ids: list[str]) -> dict[str, Control]:
    if not job_ids:
        return {}
    query = sa.select(*CONTROLS.c).where(CONTROLS.c.job_id.in_(job_ids), CONTROLS.c.outcome.is_(None))
    rows = (await connection.execute(query.order_by(CONTROLS.c.control_seq))).all()
    return {control.job_id: control for control in map(tables.CONTROLS.read, rows)}


async def _titles(connection: AsyncConnection, checkpoint_ids: list[UUID]) -> dict[UUID, str]:
    if not checkpoint_ids:
        return {}
    columns = (JOB_CHECKPOINTS.c.checkpoint_id, JOB_CHECKPOINTS.c.title)
    rows = await connection.execute(sa.select(*columns).where(JOB_CHECKPOINTS.c.checkpoint_id.in_(checkpoint_ids)))
    return {row.checkpoint_id: row.title for row in rows}


async def _dead_requests(connection: AsyncConnection, job_ids: list[str]) -> dict[str, DeadRequest]:
    if not job_ids:
        return {}
    columns = (DEAD_LETTERS.c.job_id, DEAD_LETTERS.c.dead_letter_id, DEAD_LETTERS.c.code)
    rows = await connection.execute(sa.select(*columns).where(DEAD_LETTERS.c.job_id.in_(job_ids)))
    return {row.job_id: DeadRequest(row.dead_letter_id, row.code) for row in rows}
