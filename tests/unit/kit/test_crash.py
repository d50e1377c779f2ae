"""A crash point kills the process that was told so, there, and no other."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from sluicegate_kit.crash import crash_point
for n in range(3):
    crash_point("one.before")
    crash_point("one")
    print(n, flush=True)
"""


def run(point: str, marker: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"SLUICEGATE_CRASH_POINT": point, "SLUICEGATE_CRASH_MARKER": str(marker)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(("point", "printed"), [("one", ""), ("one:1", ""), ("one:3", "0\n1\n")])
def test_the_named_hit_is_the_last_thing_that_happens(tmp_path: Path, point: str, printed: str) -> None:
    marker = tmp_path / "reached"
    assert run(point, marker) == (-signal.SIGKILL, printed)
    assert marker.read_text() == "one"


@pytest.mark.parametrize("point", ["", "other", "one:4"])
def test_otherwise_nothing_happens(tmp_path: Path, point: str) -> None:
    marker = tmp_path / "reached"
    assert run(point, marker) == (0, "0\n1\n2\n")
    assert not marker.exists()
