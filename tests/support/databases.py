"""Fresh databases for tests, copied from templates that are migrated once a session."""

import itertools

from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.services import SERVICES, migrate

_SERVICES = {service.name.removesuffix("-svc"): service for service in SERVICES}
ROLES = {name: service.database for name, service in _SERVICES.items()}


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
            url = self.server.create_database(template, owner=ROLES[service])
            migrate(_SERVICES[service], url)
            self._templates.add(template)
        name = f"test_{next(self._numbers)}_{service}"
        self.server.create_database(name, template=template, owner=ROLES[service])
        return name

    def url(self, name: str, *, service: str | None = None) -> str:
        """Where its owner finds it."""
        return self.server.url(name, ROLES[service] if service else "sluicegate_test")
