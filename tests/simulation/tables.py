"""The tables of one service, as dictionaries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sluicegate_kit.db.table import Table

R = TypeVar("R")


@dataclass(slots=True)
class Member:
    """One row of the worker's `replicas`, which the heartbeat alone writes."""

    owner: UUID
    worker_id: str
    lease_until: datetime


@dataclass(slots=True)
class Tables:
    """By name: two `Table`s may be views of one."""

    of_name: dict[str, dict[Any, Any]] = field(default_factory=dict)
    replicas: dict[UUID, Member] = field(default_factory=dict)
    notify: Callable[[str], None] = lambda statement: None
    """Told of every NOTIFY."""

    def of(self, table: Table[R]) -> dict[Any, R]:
        """The rows by key."""
        return self.of_name.setdefault(table.name, {})

    def rows(self, table: Table[R]) -> list[R]:
        """The rows, in the order in which they were added."""
        return list(self.of(table).values())
