"""Takes what was asked and what was decided into the projection of checkpoints."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.domain.checkpoints import Ask, Decision
from sluicegate_api.tables import JOB_CHECKPOINTS, JOB_DECISIONS
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need


@dataclass(frozen=True, slots=True)
class RecordAsk(Operation[None]):
    """One `checkpoint-created`."""

    ask: Ask

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.put(JOB_CHECKPOINTS, self.ask)


@dataclass(frozen=True, slots=True)
class RecordDecision(Operation[None]):
    """One `checkpoint-decided`."""

    decision: Decision

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.put(JOB_DECISIONS, self.decision)
