"""Child processes that can be told apart from whatever the system runs later under the same pid."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A pid and when its process was started (seconds since the epoch): together they are never used twice."""

    pid: int
    started: float

    def find(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 0.02
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def process_id(pid: int) -> ProcessId:
    """Names a running process.

    Raises:
        psutil.NoSuchProcess: it runs no more.
    """
    return ProcessId(pid, psutil.Process(pid).create_time())


class Child:
    """A process of ours, in a session of its own, so that a Ctrl-C in the terminal reaches only who started it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Starts it; stdout and stderr are appended to `log`. `env` adds to this process's environment."""
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command,
                env=environment(env or {}),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.id = process_id(self._popen.pid)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; the negative signal number if a signal ended it."""
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens if it has ended."""
        self._popen.send_signal(number)

    def wait(self, timeout_seconds: float) -> int:
        """Its exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout_seconds`.
        """
        return self._popen.wait(timeout_seconds)

    def stop(self, *, with_signal: signal.Signals = signal.SIGTERM, timeout_seconds: float = 30) -> int:
        """Asks it to end, kills it when it has not within `timeout_seconds`; its exit code."""
        self.send(with_signal)
        self.send(signal.SIGCONT)
        try:
            return self.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """kill -9; its exit code."""
        self.send(signal.SIGKILL)
        return self._popen.wait()

    def log_tail(self, lines: int = 20) -> str:
        """The end of its log, for error messages."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


Spawned = Callable[[Child], None]
"""Is told of a new process before anybody waits for it, so that it can be ended even if we are killed meanwhile."""


def nobody_cares(child: Child) -> None:
    """For who needs no account of the processes."""


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `more`; settings of Sluicegate that the shell happens to hold stay out.

    So does the wish to write no bytecode: without it, every start of a service compiles everything again.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLUICEGATE_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**inherited, **more}


def end(leftover: ProcessId, *, timeout_seconds: float = 30) -> bool:
    """Ends a process that somebody else started: SIGTERM, then SIGKILL. False if it no longer runs."""
    process = leftover.find()
    if process is None:
        return False
    try:
        process.terminate()
        process.resume()
        if not _ends(leftover, timeout_seconds):
            process.kill()
            _ends(leftover, timeout_seconds)
    except psutil.NoSuchProcess:
        pass
    return True


def _ends(process: ProcessId, timeout_seconds: float) -> bool:
    # Not psutil's wait: it takes a process that nobody has reaped yet for a running one.
    until = deadline(timeout_seconds)
    while process.find() is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def deadline(timeout_seconds: float) -> float:
    """The moment on the monotonic clock that is `timeout_seconds` from now."""
    return time.monotonic() + timeout_seconds
