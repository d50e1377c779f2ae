"""Reads checkpoints for people, apart from the write loop: without locks, on connections of their own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, Exhibit
from sluicegate_checkpoint_svc.domain.discussing import Comment
from sluicegate_checkpoint_svc.domain.state import State
from sluicegate_checkpoint_svc.tables import CHECKPOINTS, COMMENTS, EXHIBITS
from sluicegate_schemas.checkpoint_created import Kind, Risk

COUNTED = 10_000
"""A total beyond this is not counted to its end."""
SAID = 200
"""Comments that are shown."""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for no deadline in a position; deadlines are at most ten years away."""

_WILD = re.compile(r"[%_\\]")

Position: TypeAlias = tuple[Any, ...]

_checkpoints = table(CHECKPOINTS.name, *map(column, CHECKPOINTS.columns))
_comments = table(COMMENTS.name, *map(column, COMMENTS.columns))
_exhibits = table(EXHIBITS.name, *map(column, EXHIBITS.columns))
_c = _checkpoints.c
# A list does not show edits, which may be as large as payloads.
_listed = [null().label(name) if name == "edited_payload" else _c[name] for name in CHECKPOINTS.columns]
_sought = literal_column(f"{CHECKPOINTS.name}.sought", String)
"""What `Filters.text` is looked for in: the database makes it of the columns, and no checkpoint holds it."""
_by_deadline = (_c.expires_at.nulls_last(), _c.recorded_at, _c.checkpoint_id)
_newest_first = (_c.recorded_at.desc(), _c.checkpoint_id.desc())


@dataclass(frozen=True, slots=True)
class Discussion:
    """Comments, the oldest first."""

    comments: Sequence[Comment]
    cut: bool
    """There are earlier ones."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is to hold; None: anything."""

    state: State | None
    kind: Kind | None = None
    job_type: str | None = None
    risk: Risk | None = None
    job_id: str | None = None
    text: str | None = None
    """Somewhere in title, key, job id or requester, in any case."""

    @property
    def pending(self) -> bool:
        """Whether what is sought waits for a person: then it is listed by deadline, else newest first."""
        return self.state is State.PENDING

    @property
    def order(self) -> tuple[type[datetime] | type[UUID], ...]:
        """The kinds of a position's parts."""
        return (datetime, datetime, UUID) if self.pending else (datetime, UUID)


def position(sought: Filters, last: Checkpoint) -> Position:
    """Where the list goes on after `last`."""
    if sought.pending:
        return (last.expires_at or NEVER, last.recorded_at, last.checkpoint_id)
    return (last.recorded_at, last.checkpoint_id)


class Reads:
    """Questions of people and programs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, sought: Filters, start: Position | None, limit: int) -> tuple[Sequence[Checkpoint], int]:
        """At most `limit` checkpoints after `start`, and how many there are in all, counted to one over `COUNTED`."""
        where = _where(sought)
        order = _by_deadline if sought.pending else _newest_first
        listed = select(*_listed).where(*where, *_after(sought, start)).order_by(*order).limit(limit)
        counted = select(func.count()).select_from(
            select(literal(1)).select_from(_checkpoints).where(*where).limit(COUNTED + 1).subquery()
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(listed)).all()
            # A first page that is not full holds all there are: a search need not look through everything again.
            all_here = start is None and len(found) < limit
            total = len(found) if all_here else (await connection.execute(counted)).scalar_one()
        return [CHECKPOINTS.read(tuple(row)) for row in found], total

    async def unseen(self, limit: int) -> Sequence[Checkpoint]:
        """The info checkpoints that nobody has acknowledged, newest first."""
        where = (_c.kind == literal_column("'info'"), _c.acknowledged_at.is_(None))
        async with self._engine.connect() as connection:
            found = await connection.execute(select(*_listed).where(*where).order_by(*_newest_first).limit(limit))
            return [CHECKPOINTS.read(tuple(row)) for row in found]

    async def one(self, checkpoint_id: UUID) -> tuple[Checkpoint, Exhibit] | None:
        """A checkpoint and what its reviewer looks at; None if there is none."""
        question = (
            select(*_checkpoints.c, *_exhibits.c)
            .join_from(_checkpoints, _exhibits, _c.checkpoint_id == _exhibits.c.checkpoint_id)
            .where(_c.checkpoint_id == checkpoint_id)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(question)).one_or_none()
        if row is None:
            return None
        values, split = tuple(row), len(CHECKPOINTS.columns)
        return CHECKPOINTS.read(values[:split]), EXHIBITS.read(values[split:])

    async def several(self, checkpoint_ids: Sequence[UUID]) -> Sequence[Checkpoint]:
        """Those of the checkpoints that are known, in no order."""
        question = select(*_listed).where(_c.checkpoint_id.in_(checkpoint_ids))
        async with self._engine.connect() as connection:
            return [CHECKPOINTS.read(tuple(row)) for row in await connection.execute(question)]

    async def discussion(self, checkpoint_id: UUID) -> Discussion:
        """What people have said about a checkpoint, at most the latest `SAID`."""
        latest = (
            select(*_comments.c)
            .where(_comments.c.checkpoint_id == checkpoint_id)
            .order_by(_comments.c.at.desc(), _comments.c.comment_id.desc())
            .limit(SAID + 1)
        )
        async with self._engine.connect() as connection:
            found = [COMMENTS.read(tuple(row)) for row in await connection.execute(latest)]
        return Discussion(found[SAID - 1 :: -1], len(found) > SAID)

    async def job_types(self, checkpoint_ids: Sequence[UUID]) -> set[str]:
        """The job types of those of the checkpoints that are known; they never change."""
        question = select(_c.job_type).distinct().where(_c.checkpoint_id.in_(checkpoint_ids))
        async with self._engine.connect() as connection:
            return set((await connection.execute(question)).scalars())


def _where(sought: Filters) -> list[ColumnElement[bool]]:
    asked = {
        "kind": sought.kind,
        "job_type": sought.job_type,
        "risk": sought.risk,
        "job_id": sought.job_id,
    }
    where: list[ColumnElement[bool]] = [_c[name] == str(value) for name, value in asked.items() if value is not None]
    if sought.state is not None:
        # In the text of the statement, so that every plan may use the index of pending ones.
        where.append(_c.state == literal_column(f"'{sought.state.value}'"))
    if sought.text is not None:
        wild = "%" + _WILD.sub(r"\\\g<0>", sought.text) + "%"
        where.append(_sought.like(func.lower(literal(wild))))
    return where


def _after(sought: Filters, start: Position | None) -> list[ColumnElement[bool]]:
    if start is None:
        return []
    if not sought.pending:
        return [tuple_(_c.recorded_at, _c.checkpoint_id) < tuple_(*map(literal, start))]
    expires_at, *rest = start
    later_recorded = tuple_(_c.recorded_at, _c.checkpoint_id) > tuple_(*map(literal, rest))
    if expires_at == NEVER:
        return [and_(_c.expires_at.is_(None), later_recorded)]
    later = tuple_(_c.expires_at, _c.recorded_at, _c.checkpoint_id) > tuple_(*map(literal, start))
    return [or_(_c.expires_at.is_(None), later)]
