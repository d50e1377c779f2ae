"""One running service, as the supervisor starts, stops and watches it."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from sluicegate_dev.ports import LOOPBACK
from sluicegate_dev.processes import Child, Spawned
from sluicegate_dev.services import Service, serve

_DRAIN_SECONDS = 30
"""A little more than the services' own grace period."""


class ServiceProcess:
    """A part of the system that can be started any number of times, on the same ports."""

    def __init__(
        self,
        service: Service,
        settings: Mapping[str, str],
        *,
        http_port: int,
        internal_port: int,
        log: Path,
        spawned: Spawned,
    ) -> None:
        """`settings` lack the ports alone."""
        self.service = service
        self.name = service.name
        self._settings = {
            **settings,
            "SLUICEGATE_HTTP_PORT": str(http_port),
            "SLUICEGATE_INTERNAL_PORT": str(internal_port),
        }
        self._ready_url = f"http://{LOOPBACK}:{internal_port}/readyz"
        self._log = log
        self._spawned = spawned
        self._child: Child | None = None

    @property
    def child(self) -> Child | None:
        """Its process."""
        return self._child

    def start(self) -> None:
        """Returns at once; `is_ready` tells when it can be used."""
        self._child = serve(self.service, self._settings, log=self._log)
        self._spawned(self._child)

    def stop(self) -> None:
        """Lets it drain, then kills it."""
        if self._child is not None:
            self._child.stop(timeout_seconds=_DRAIN_SECONDS)
            self._child = None

    def is_ready(self) -> bool:
        """Whether its dependencies are reachable, as it says itself."""
        try:
            with urllib.request.urlopen(self._ready_url, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
