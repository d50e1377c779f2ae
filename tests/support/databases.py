"""Fresh databases for tests, copied from templates that are migrated once a session."""

import itertools
import os
import sys
from subprocess import run

from sluicegate_dev.embedded_postgres import EmbeddedPostgres

MODULES = {
    "api": "sluicegate_api",
    "worker": "sluicegate_worker",
    "checkpoint": "sluicegate_checkpoint_svc",
}
ROLES = {"api": "sluicegate_api", "worker": "sluicegate_worker", "checkpoint": "sluicegate_checkpoint"}


class Databases:
    """Makes databases on one server; each test drops what it made."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        """`server` runs."""
        self.server = server
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()

    def empty(self) -> str:
        """The name of a new database without tables, owned by the role `sluicegate_test`."""
        name = f"test_{next(self._numbers)}"
        self.server.create_database(name, owner="sluicegate_test")
        return name

    def of(self, service: str) -> str:
        """The name of a new database of `api`, `worker` or `checkpoint`, fully migrated."""
        template = f"template_{service}"
        if template not in self._templates:
            migrate(service, self.server.create_database(template, owner=ROLES[service]))
            self._templates.add(template)
        name = f"test_{next(self._numbers)}_{service}"
        self.server.create_database(name, template=template, owner=ROLES[service])
        return name

    def url(self, name: str, *, service: str | None = None) -> str:
        """Where its owner finds it."""
        return self.server.url(name, ROLES[service] if service else "sluicegate_test")


def migrate(service: str, database_url: str) -> None:
    """Runs the service's own `migrate`."""
    done = run(
        [sys.executable, "-m", MODULES[service], "migrate"],
        env={**os.environ, "SLUICEGATE_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{service} migrate failed:\n{done.stdout}{done.stderr}"
