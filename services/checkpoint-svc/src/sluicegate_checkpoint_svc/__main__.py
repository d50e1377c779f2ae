"""`python -m sluicegate_checkpoint_svc serve|migrate`."""

from sluicegate_checkpoint_svc.bootstrap import serve
from sluicegate_checkpoint_svc.settings import CheckpointSettings
from sluicegate_kit.entry import run

if __name__ == "__main__":
    raise SystemExit(run("checkpoint-svc", "sluicegate_checkpoint_svc", CheckpointSettings, serve))
