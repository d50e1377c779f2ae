"""Folds what has been counted since into the tallies, so that both stay short."""

from collections.abc import Iterable
from dataclasses import dataclass

from sluicegate_api.reads.tallies import DECIDED_SINCE
from sluicegate_kit.db.operation import Operation
from sluicegate_kit.db.rows import Rows
from sluicegate_kit.db.table import Need

FOLD = f"""
WITH changes AS (DELETE FROM tally_changes RETURNING series, job_type, label, amount),
halves AS (DELETE FROM tally_decisions RETURNING decision_id),
since AS (SELECT * FROM changes UNION ALL {DECIDED_SINCE.format(ids="halves")})
INSERT INTO tallies
SELECT series, job_type, label, sum(amount) FROM since GROUP BY series, job_type, label HAVING sum(amount) <> 0
ORDER BY series, job_type, label
ON CONFLICT (series, job_type, label) DO UPDATE SET amount = tallies.amount + excluded.amount
"""
"""Rows that another replica folds in at the same moment are waited for, and then not there; the order keeps the two
from waiting for each other."""


@dataclass(frozen=True, slots=True)
class FoldTallies(Operation[None]):
    """One pass."""

    def locks(self) -> Iterable[Need]:
        return ()

    def decide(self, rows: Rows) -> None:
        rows.execute(FOLD)
