"""Takes a replica's status in; what it knows of the fleet answers the last start or stop."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sluicegate_api.domain import fleet, replicas
from sluicegate_api.operations.want_fleet import answer_key, emit
from sluicegate_api.tables import FLEET, WORKER_REPLICAS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas.fleet_control import FLEET_KEY
from sluicegate_schemas.ids import new_id
from sluicegate_schemas.worker_status import WorkerStatus


@dataclass(frozen=True, slots=True)
class HearReplica(Operation[None]):
    """One `worker-status`."""

    status: WorkerStatus
    event_id: UUID = field(default_factory=new_id)
    """Of the event that says the fleet's wish again, should that be needed."""

    def locks(self) -> Iterable[Need]:
        return WORKER_REPLICAS.lock(self.status.worker_id), FLEET.lock(FLEET_KEY)

    def decide(self, rows: Rows) -> None:
        before = rows.get(WORKER_REPLICAS, self.status.worker_id)
        after = replicas.hear(before, self.status, rows.now)
        if after is before:
            return
        rows.put(WORKER_REPLICAS, after)
        wanted = rows.get(FLEET, FLEET_KEY)
        heard = fleet.hear(wanted, self.status.fleet_version, rows.now)
        if heard is None or wanted is None or heard == wanted:
            return
        rows.put(FLEET, heard)
        if heard.answered or heard.version != wanted.version:
            rows.answered(answer_key(wanted))
        if not heard.answered:
            emit(rows, heard, self.event_id)
