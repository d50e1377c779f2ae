"""The folder `.sluicegate`: who runs here, on which ports, with which processes; all of it survives a kill -9."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sluicegate_dev.errors import AlreadyRunning
from sluicegate_dev.ports import free_port
from sluicegate_dev.processes import Child, ProcessId, end


class DevFolder:
    """Where things are, and the small files that one `make dev` leaves for the next."""

    def __init__(self, root: Path) -> None:
        """`root` is `.sluicegate` of a clone; it is made if it is missing."""
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)
        self.root = root.resolve()
        self.postgres = self.root / "postgres"
        self.kafka = self.root / "kafka"
        self.keys = self.root / "keys"
        self.logs = self.root / "logs"
        self.workspace = self.root / "workspace"
        self.dev_file = self.root / "dev.json"
        self._lock = self.root / "lock"
        self._ports = self.root / "ports.json"
        self._processes = self.root / "processes.json"
        self._running: dict[str, ProcessId] = {}
        self._noting = threading.Lock()

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.logs / f"{name}.log"

    def turn_over_logs(self) -> None:
        """Keeps the last run's logs as `.log.1` and drops those before."""
        for log in self.logs.glob("*.log"):
            log.rename(log.with_suffix(".log.1"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Only one process at a time is inside; the system ends its hold when it dies.

        Raises:
            AlreadyRunning: says where the other one is.
        """
        with self._lock.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(self._where_the_other_is()) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _where_the_other_is(self) -> str:
        pid = self._lock.read_text() or "unknown"
        try:
            origin = json.loads(self.dev_file.read_text())["origin"]
        except (OSError, ValueError, KeyError):
            return f"Sluicegate is being started in this clone already (pid {pid})."
        return (
            f"Sluicegate runs in this clone already: {origin} (pid {pid}). Ctrl-C there stops it; so does `kill {pid}`."
        )

    def end_leftovers(self) -> list[str]:
        """Ends what a killed `make dev` left running, last started first, and nothing else; the names."""
        ended = []
        left = json.loads(self._processes.read_text()) if self._processes.exists() else {}
        for name, process in reversed(left.items()):
            if end(ProcessId(**process)):
                ended.append(name)
        self.forget_processes()
        return ended

    def note(self, child: Child) -> None:
        """Remembers a process, so that the next start can end it. Parts that start in threads call it at once."""
        with self._noting:
            self._running[child.name] = child.id
            text = json.dumps({name: asdict(process) for name, process in self._running.items()})
            write_private(self._processes, text)

    def forget_processes(self) -> None:
        """Nothing runs any more."""
        self._running.clear()
        self._processes.unlink(missing_ok=True)

    @property
    def pids(self) -> dict[str, int]:
        """Of what was noted, by name."""
        return {name: process.pid for name, process in self._running.items()}

    def port(self, name: str, preferred: int = 0) -> int:
        """The port that `name` had at the last start if it is still free, else `preferred`, else any."""
        known: dict[str, int] = json.loads(self._ports.read_text()) if self._ports.exists() else {}
        known[name] = free_port(known.get(name, preferred))
        write_private(self._ports, json.dumps(known, indent=2))
        return known[name]


def write_private(path: Path, text: str) -> None:
    """Replaces the file at once; nobody but its owner reads it, nobody ever reads half of it."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)
