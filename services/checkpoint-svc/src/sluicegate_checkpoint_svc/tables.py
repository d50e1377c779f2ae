"""The tables that operations lock and write, in the order in which every replica locks them."""

from sluicegate_checkpoint_svc.domain.checkpoint import Checkpoint, ClosedRun, Exhibit
from sluicegate_kit.db.table import Table

CLOSED_RUNS = Table("closed_runs", ClosedRun, key="job_id")
CHECKPOINTS = Table("checkpoints", Checkpoint, key="checkpoint_id")
EXHIBITS = Table("exhibits", Exhibit, key="checkpoint_id", insert_only=True)

TABLES = (CLOSED_RUNS, CHECKPOINTS, EXHIBITS)
"""A run's end comes before its checkpoints, so that a checkpoint recorded meanwhile sees it."""
