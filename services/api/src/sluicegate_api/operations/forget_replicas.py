"""Forgets replicas that have not spoken for a day; every start of a worker is another replica."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.replicas import KEPT, Replica
from sluicegate_api.tables import WORKER_REPLICAS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need, Selection


@dataclass(frozen=True, slots=True)
class ForgetReplicas(Operation[int]):
    """One pass; gives how many were forgotten."""

    old: Selection[Replica]

    @classmethod
    def of(cls, limit: int) -> "ForgetReplicas":
        """At most `limit` replicas."""
        where = f"heard_at <= clock_timestamp() - interval '{KEPT.total_seconds():.0f} s'"
        return cls(WORKER_REPLICAS.select(where, order="heard_at", limit=limit))

    def locks(self) -> Iterable[Need]:
        return (self.old,)

    def decide(self, rows: Rows) -> int:
        old = [replica for replica in rows.selected(self.old) if rows.now - replica.heard_at >= KEPT]
        for replica in old:
            rows.delete(WORKER_REPLICAS, replica.worker_id)
        return len(old)
