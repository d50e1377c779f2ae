"""Two terminals as a person has them: one where `make dev` runs, and one to type into."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from sluicegate_dev.processes import Child, environment
from tests.support.waiting import eventually

# What `make test` leaves in the environment is not for the `make` that is typed here.
_NOT_OURS = {"MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": ""}
_MARK = "--- done:"


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a few lines."""

    ok: bool
    """Every command succeeded."""
    output: str


class Terminal:
    """A shell that keeps its variables from one block to the next."""

    def __init__(self, folder: Path, blocks: Path) -> None:
        """`blocks`: a folder for what is typed."""
        self._blocks = blocks
        self._typed = 0
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=environment(_NOT_OURS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, block: str, *, within_seconds: float = 180) -> Ran:
        """Types the block and waits until it has ended; the shell is killed when it takes longer."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._typed += 1
        file = self._blocks / f"block-{self._typed}.sh"
        file.write_text(block)
        too_long = Timer(within_seconds, self.close)
        too_long.start()
        self._shell.stdin.write(
            f"failed=0; set -o pipefail; trap failed=1 ERR; . '{file}' </dev/null; printf '\\n{_MARK} %s\\n' $failed\n"
        )
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            if line.startswith(_MARK):
                too_long.cancel()
                return Ran(line.split()[-1] == "0", "".join(lines))
            lines.append(line)
        raise AssertionError(f"not within {within_seconds:g} s:\n{block}\nso far:\n{''.join(lines)}")

    def close(self) -> None:
        """Ends the shell and what it runs."""
        with self._shell:
            if self._shell.poll() is None:
                os.killpg(self._shell.pid, signal.SIGKILL)


class DevWindow:
    """Where `make dev` is typed; only one at a time runs there."""

    def __init__(self, folder: Path, screens: Path) -> None:
        """`screens`: a folder for what it shows."""
        self._folder = folder
        self._screens = screens
        self._starts = 0
        self._child: Child | None = None

    def start(self, command: str, *, within_seconds: float) -> None:
        """Returns when it says that it is ready."""
        self.interrupt()
        self._starts += 1
        log = self._screens / f"screen-{self._starts}.txt"
        child = Child("make dev", ["bash", "-c", command], log=log, env=_NOT_OURS, cwd=self._folder)
        self._child = child

        def ready() -> bool:
            return "ready after" in self.screen or child.exit_code is not None

        eventually(ready, "make dev is ready", within_seconds=within_seconds, every_seconds=0.1)
        assert child.exit_code is None, self.screen

    @property
    def screen(self) -> str:
        """What the last start has shown."""
        assert self._child is not None
        return self._child.log.read_text()

    def interrupt(self) -> None:
        """Ctrl-C, which reaches everybody in the foreground; returns when all have ended."""
        if self._child is not None and self._child.exit_code is None:
            os.killpg(self._child.pid, signal.SIGINT)
            self._child.wait(60)
