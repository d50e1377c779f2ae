"""Forgets idempotency keys that are past their day."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.idempotency import KEPT, IdempotencyKey
from sluicegate_api.tables import IDEMPOTENCY_KEYS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import NOW, Need, Selection


@dataclass(frozen=True, slots=True)
class ForgetKeys(Operation[int]):
    """One pass; gives how many were forgotten."""

    old: Selection[IdempotencyKey]

    @classmethod
    def of(cls, limit: int) -> "ForgetKeys":
        """At most `limit` keys, the oldest first."""
        where = f"created_at <= {NOW} - interval '{KEPT.total_seconds():.0f} s'"
        return cls(IDEMPOTENCY_KEYS.select(where, order="created_at", limit=limit))

    def locks(self) -> Iterable[Need]:
        return (self.old,)

    def decide(self, rows: Rows) -> int:
        old = [key for key in rows.selected(self.old) if rows.now - key.created_at >= KEPT]
        for key in old:
            rows.delete(IDEMPOTENCY_KEYS, (key.caller, key.key))
        return len(old)
