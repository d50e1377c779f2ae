"""Reads jobs: state, request, latest snapshot, pending control and what is waited for, together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sluicegate_api import tables
from sluicegate_api.domain.asked import Asked
from sluicegate_api.domain.controls import Control
from sluicegate_api.domain.job import Job
from sluicegate_api.reads.sql import CONTROLS, DEAD_LETTERS, JOB_CHECKPOINTS, JOB_EVENTS, JOB_REQUESTS, JOBS
from sluicegate_schemas import strict_json
from sluicegate_schemas.job_lifecycle import Status

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
class JobFilter:
    """Which jobs to list; None or empty: no matter."""

    status: Sequence[Status] = ()
    job_type: str | None = None
    requested_by: str | None = None
    tag: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    q: str | None = None
    """In the task description, in any case, or the beginning of the job id."""


class JobReads:
    """Queries over the tables of jobs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def one(self, job_id: str) -> KnownJob | None:
        """The job, or None."""
        found = await self._read(_select().where(JOBS.c.job_id == job_id))
        return found[0] if found else None

    async def page(self, wanted: JobFilter, after: tuple[datetime, str] | None, limit: int) -> list[KnownJob]:
        """At most `limit` jobs, newest first, from the one after `after` on."""
        query = _select().where(*_conditions(wanted))
        if after is not None:
            query = query.where(sa.tuple_(JOBS.c.created_at, JOBS.c.job_id) < sa.tuple_(*map(sa.literal, after)))
        return await self._read(query.order_by(JOBS.c.created_at.desc(), JOBS.c.job_id.desc()).limit(limit))

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


def _conditions(wanted: JobFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.status:
        found.append(JOBS.c.status.in_([status.value for status in wanted.status]))
    if wanted.job_type is not None:
        found.append(JOBS.c.job_type == wanted.job_type)
    if wanted.requested_by is not None:
        found.append(JOB_REQUESTS.c.requested_by == wanted.requested_by)
    if wanted.tag is not None:
        tag = sa.cast(sa.literal(json.dumps([wanted.tag]), sa.Text), JSONB)
        tags = sa.cast(JOB_REQUESTS.c.tags, JSONB)
        # The second condition is the index's: without it the planner may not use it.
        found += [tags.op("@>", is_comparison=True)(tag), JOB_REQUESTS.c.tags != sa.literal_column("'[]'")]
    if wanted.created_after is not None:
        found.append(JOBS.c.created_at > wanted.created_after)
    if wanted.created_before is not None:
        found.append(JOBS.c.created_at < wanted.created_before)
    if wanted.q is not None:
        described = sa.func.strpos(sa.func.lower(JOB_REQUESTS.c.task_description), sa.func.lower(wanted.q)) > 0
        found.append(sa.or_(described, sa.func.starts_with(JOBS.c.job_id, wanted.q)))
    return found


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
