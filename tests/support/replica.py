"""One process of a service under test."""

import signal
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from subprocess import TimeoutExpired

from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child
from sluicegate_dev.services import Service, serve
from tests.support.waiting import eventually


class Replica:
    """It keeps its ports and its log over restarts."""

    def __init__(self, service: Service, name: str, settings: Mapping[str, str], folder: Path) -> None:
        """Not started yet."""
        self.service = service
        self.name = name
        self.log = folder / f"{name}.log"
        self.settings = dict(settings)
        self._http_port = free_port()
        self._internal_port = free_port()
        self._child: Child | None = None
        self.killed: set[int] = set()
        """Process ids of those that a SIGKILL ended."""
        self.slept: set[int] = set()
        """Process ids of those that were paused."""

    @property
    def port(self) -> int:
        """Of its HTTP API."""
        return self._http_port

    @property
    def internal_port(self) -> int:
        """Of its metrics and its health."""
        return self._internal_port

    @property
    def url(self) -> str:
        """Where its HTTP API answers."""
        return f"http://{LOOPBACK}:{self._http_port}"

    @property
    def child(self) -> Child:
        """Its process, running or ended."""
        assert self._child is not None, f"{self.name} was never started"
        return self._child

    def start(self, **settings: str) -> None:
        """Starts it with more environment variables, for this time only; it may not be ready yet."""
        ports = {
            "SLUICEGATE_HTTP_PORT": str(self._http_port),
            "SLUICEGATE_INTERNAL_PORT": str(self._internal_port),
        }
        everything = {**self.settings, **ports, **settings}
        self._child = serve(self.service, everything, log=self.log, name=self.name)

    def wait_until_ready(self, *, within_seconds: float = 90) -> None:
        """Until it says that its dependencies are reachable."""
        eventually(
            lambda: self._is_ready() or self._has_ended(), f"{self.name} is ready", within_seconds=within_seconds
        )
        assert not self._has_ended(), f"{self.name} ended at once:\n{self.child.log_tail()}"

    def kill(self) -> None:
        """kill -9."""
        self.killed.add(self.child.pid)
        self.child.kill()

    def pause(self) -> None:
        """SIGSTOP: nothing of it runs, its connections stay open."""
        self.slept.add(self.child.pid)
        self.child.send(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self.child.send(signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        return self.child.stop()

    def wait_until_dead(self, *, within_seconds: float = 90) -> int:
        """Until it ends by itself, as at a crash point; its exit code."""
        try:
            exit_code = self.child.wait(within_seconds)
        except TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {within_seconds:g} s") from None
        if exit_code == -signal.SIGKILL:
            self.killed.add(self.child.pid)
        return exit_code

    def metrics(self) -> str:
        """What its internal port exposes, as Prometheus text."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self._internal_port}/metrics", timeout=5) as response:
            return str(response.read().decode())

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.exit_code is None

    def _has_ended(self) -> bool:
        return self.child.exit_code is not None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self._internal_port}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
