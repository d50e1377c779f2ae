"""Named places at which a test can have the process killed, as `kill -9` would."""

import os
import signal
from pathlib import Path

_name, _, _hit = os.environ.get("SLUICEGATE_CRASH_POINT", "").partition(":")
_left = int(_hit or 1)


def crash_point(name: str) -> None:
    """Do nothing, unless the environment names this point.

    `SLUICEGATE_CRASH_POINT=name` kills at the first hit, `name:3` at the third. The file that
    `SLUICEGATE_CRASH_MARKER` names, if any, then holds the point's name: proof that it was reached.
    """
    if name == _name:
        _hit_it()


def _hit_it() -> None:
    global _left
    _left -= 1
    if _left:
        return
    if marker := os.environ.get("SLUICEGATE_CRASH_MARKER"):
        with Path(marker).open("w") as file:
            file.write(_name)
            file.flush()
            os.fsync(file.fileno())
    os.kill(os.getpid(), signal.SIGKILL)
