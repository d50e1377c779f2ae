"""`sync_context.py` is what `context.py` gives."""

import inspect
import subprocess
import sys
from pathlib import Path

from sluicegate import JobContext, SyncJobContext

GENERATOR = Path(__file__).parents[3] / "sdk" / "tools" / "generate_sync_context.py"


def test_the_generated_file_has_not_drifted() -> None:
    done = subprocess.run([sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_both_contexts_offer_the_same_and_only_one_is_awaited() -> None:
    assert _public(JobContext) == _public(SyncJobContext)
    for name in ("step", "checkpoint", "info", "progress"):
        ours, plain = getattr(JobContext, name), getattr(SyncJobContext, name)
        assert inspect.iscoroutinefunction(inspect.unwrap(ours))
        assert not inspect.iscoroutinefunction(plain)
        assert inspect.signature(ours).parameters == inspect.signature(plain).parameters


def _public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}
