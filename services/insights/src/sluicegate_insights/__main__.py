"""`python -m sluicegate_insights serve`."""

from sluicegate_insights.bootstrap import NAME, serve
from sluicegate_kit.entry import run
from sluicegate_kit.settings import PageSettings

if __name__ == "__main__":
    raise SystemExit(run(NAME, "sluicegate_insights", PageSettings, serve, keeps_tables=False))
