"""`python -m sluicegate_api serve | migrate`."""

from sluicegate_api.bootstrap import NAME, serve
from sluicegate_api.settings import ApiSettings
from sluicegate_kit.entry import run

if __name__ == "__main__":
    raise SystemExit(run(NAME, "sluicegate_api", ApiSettings, serve))
