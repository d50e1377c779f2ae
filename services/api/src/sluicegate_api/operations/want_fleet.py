"""Starts or stops the fleet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sluicegate_api.domain.fleet import Fleet, want
from sluicegate_api.operations.source import SOURCE
from sluicegate_api.tables import FLEET
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need
from sluicegate_schemas import envelope
from sluicegate_schemas.fleet_control import FLEET_KEY, Desired
from sluicegate_schemas.ids import new_id


@dataclass(frozen=True, slots=True)
class WantFleet(Operation[Fleet]):
    """Gives the fleet as it is wanted from now on."""

    desired: Desired
    requested_by: str
    only_first: bool = False
    """Leave a wish alone that was ever made: for the one that the process makes when it starts."""
    event_id: UUID = field(default_factory=new_id)

    def locks(self) -> Iterable[Need]:
        return (FLEET.lock(FLEET_KEY),)

    def decide(self, rows: Rows) -> Fleet:
        before = rows.get(FLEET, FLEET_KEY)
        if before is not None and self.only_first:
            return before
        after = want(before, self.desired, self.requested_by, rows.now)
        if after is not before:
            if before is not None:
                rows.answered(answer_key(before))
            rows.put(FLEET, after)
            emit(rows, after, self.event_id)
        return after


def answer_key(fleet: Fleet) -> str:
    """What the event of this version waits for; a later version makes the wait of an earlier one pointless."""
    return f"fleet-control:{fleet.version}"


def emit(rows: Rows, fleet: Fleet, event_id: UUID) -> None:
    """Tell the workers."""
    message = envelope.write(fleet.event(), ce_id=event_id, source=SOURCE, at=rows.now)
    rows.emit(message, answer_key=answer_key(fleet))
