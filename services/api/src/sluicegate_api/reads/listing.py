"""Finds the jobs of a page of the list: as many milliseconds with ten million jobs as with ten thousand.

Jobs stand in the order of the list in an index, also those of one status and those of one type. What is in their
requests (who asked, tags, words) has no order: jobs are gone through in the order of the list, at most `LOOK_AT` for
one page. Where that is not enough, a rare requester or tag is found by an index of its own; else the page says where
to go on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from sluicegate_api.reads.sql import JOB_REQUESTS, JOBS
from sluicegate_schemas.job_lifecycle import Status

LOOK_AT = 10_000
"""About 30 ms."""
RARE = 500
"""So few jobs are put in order by themselves."""

Place: TypeAlias = tuple[datetime, str]
"""`created_at` and id of a job: where a list goes on."""


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


@dataclass(frozen=True, slots=True)
class Found:
    """The jobs of a page, newest first."""

    job_ids: list[str]
    further: Place | None
    """Go on after this one; None: there are no more."""
    exhausted: bool = False
    """The page is not full because enough jobs have been looked at for once."""


async def find(
    connection: AsyncConnection, wanted: JobFilter, after: Place | None, limit: int, *, look_at: int = LOOK_AT
) -> Found:
    """At most `limit` jobs, from the one after `after` on."""
    conditions = _of_jobs(wanted, after)
    if wanted.requested_by is None and wanted.tag is None and wanted.q is None:
        return _page(await _places(connection, _newest(conditions, wanted.status, limit + 1), wanted, limit), limit)
    walk = _newest(conditions, wanted.status, look_at)
    found = await _places(connection, walk, wanted, limit)
    end = None if len(found) > limit else await _end(connection, walk, look_at)
    if end is None:
        return _page(found, limit)
    if (rare := await _rare(connection, wanted)) is not None:
        few = _newest([*conditions, JOBS.c.job_id.in_(rare)], wanted.status, RARE)
        return _page(await _places(connection, few, wanted, limit), limit)
    return Found([job_id for _, job_id in found], end, exhausted=True)


async def newer(connection: AsyncConnection, wanted: JobFilter, than: Place | None, at_most: int) -> int:
    """How many jobs stand above this one in the list; at most so many are looked at."""
    conditions = _of_jobs(wanted, None)
    if than is not None:
        conditions.append(_place() > sa.tuple_(*map(sa.literal, than)))
    return len(await _places(connection, _newest(conditions, wanted.status, at_most), wanted, at_most))


def _place() -> sa.Tuple:
    return sa.tuple_(JOBS.c.created_at, JOBS.c.job_id)


def _page(found: list[Place], limit: int) -> Found:
    return Found([job_id for _, job_id in found[:limit]], found[limit - 1] if len(found) > limit else None)


async def _places(connection: AsyncConnection, walk: sa.Subquery, wanted: JobFilter, limit: int) -> list[Place]:
    """Of these jobs the newest whose requests are wanted, one more than fit on the page."""
    source = walk.outerjoin(JOB_REQUESTS, JOB_REQUESTS.c.job_id == walk.c.job_id)
    query = sa.select(walk.c.created_at, walk.c.job_id).select_from(source)
    query = query.where(*_of_requests(wanted, by_index=False), *_words(wanted, walk.c.job_id))
    rows = await connection.execute(_newest_first(query, walk).limit(limit + 1))
    return [(row.created_at, row.job_id) for row in rows]


async def _end(connection: AsyncConnection, walk: sa.Subquery, look_at: int) -> Place | None:
    """The last job that may be looked at for one page, if there are so many."""
    query = _newest_first(sa.select(walk.c.created_at, walk.c.job_id), walk).offset(look_at - 1)
    row = (await connection.execute(query)).first()
    return None if row is None else (row.created_at, row.job_id)


def _newest(conditions: Sequence[sa.ColumnElement[bool]], statuses: Sequence[Status], most: int) -> sa.Subquery:
    """The newest jobs. Each status has an order of its own, and the newest of several are among the newest of each."""
    query = sa.select(JOBS.c.created_at, JOBS.c.job_id).where(*conditions)
    if not statuses:
        return _newest_first(query, JOBS).limit(most).subquery("walk")
    of_each = [
        sa.select(_newest_first(query.where(JOBS.c.status == status.value), JOBS).limit(most).subquery())
        for status in sorted(set(statuses))
    ]
    together = sa.union_all(*of_each).subquery("statuses")
    return _newest_first(sa.select(together.c.created_at, together.c.job_id), together).limit(most).subquery("walk")


def _newest_first(query: sa.Select[Any], jobs: sa.FromClause) -> sa.Select[Any]:
    return query.order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc())


def _of_jobs(wanted: JobFilter, after: Place | None) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.job_type is not None:
        found.append(JOBS.c.job_type == wanted.job_type)
    if wanted.created_after is not None:
        found.append(JOBS.c.created_at > wanted.created_after)
    if wanted.created_before is not None:
        found.append(JOBS.c.created_at < wanted.created_before)
    if after is not None:
        found.append(_place() < sa.tuple_(*map(sa.literal, after)))
    return found


def _of_requests(wanted: JobFilter, *, by_index: bool) -> list[sa.ColumnElement[bool]]:
    """The index of tags is used only where its own condition is repeated; for a common tag it would take too long."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.requested_by is not None:
        found.append(JOB_REQUESTS.c.requested_by == wanted.requested_by)
    if wanted.tag is not None:
        tag = sa.cast(sa.literal(json.dumps([wanted.tag]), sa.Text), JSONB)
        tags = sa.cast(JOB_REQUESTS.c.tags, JSONB)
        found.append(tags.op("@>", is_comparison=True)(tag))
        if by_index:
            found.append(JOB_REQUESTS.c.tags != sa.literal_column("'[]'"))
    return found


def _words(wanted: JobFilter, job_id: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    """A job whose request has not come is found by its id."""
    if wanted.q is None:
        return []
    described = sa.func.strpos(sa.func.lower(JOB_REQUESTS.c.task_description), sa.func.lower(wanted.q)) > 0
    return [sa.or_(sa.func.coalesce(described, sa.false()), sa.func.starts_with(job_id, wanted.q))]


async def _rare(connection: AsyncConnection, wanted: JobFilter) -> list[str] | None:
    """The jobs with this requester and tag, if there are few of them."""
    conditions = _of_requests(wanted, by_index=True)
    if not conditions:
        return None
    query = sa.select(JOB_REQUESTS.c.job_id).where(*conditions).limit(RARE + 1)
    found = list(await connection.scalars(query))
    return found if len(found) <= RARE else None
