"""`python -m sluicegate_worker serve | migrate`."""

from sluicegate_kit.entry import run
from sluicegate_worker.bootstrap import NAME, serve
from sluicegate_worker.settings import WorkerSettings

if __name__ == "__main__":
    raise SystemExit(run(NAME, "sluicegate_worker", WorkerSettings, serve))
