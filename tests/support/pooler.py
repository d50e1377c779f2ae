"""A real PgBouncer in transaction mode: after each transaction a client may meet another session."""

import os
import shutil
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sluicegate_dev.embedded_postgres import EmbeddedPostgres
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child
from tests.support.databases import ROLES
from tests.support.requirements import lacking
from tests.support.waiting import eventually

SESSIONS = 3
"""For each database: fewer than a service has connections, so that they share them."""


class Pooler:
    """One process before one PostgreSQL server, for all databases of the services' roles."""

    def __init__(self, folder: Path, server: EmbeddedPostgres) -> None:
        """Nothing runs yet."""
        folder.mkdir(parents=True)
        self._folder = folder
        self._server = server
        self._port = free_port()
        self._child: Child | None = None

    def start(self) -> None:
        """Returns when it lets clients in."""
        program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        if program is None:
            lacking("pgbouncer", "Debian has it in a package of that name: make pgbouncer")
        self._child = Child("pgbouncer", [program, str(self._configuration())], log=self._folder / "pgbouncer.log")
        eventually(self._answers, "PgBouncer answers")

    def stop(self) -> None:
        """Clients are cut off, wherever they are."""
        if self._child is not None:
            self._child.kill()

    def through(self, url: str) -> str:
        """The same database, by the pooler."""
        of = conninfo_to_dict(url)
        return f"postgresql://{of['user']}:{of['password']}@{LOOPBACK}:{self._port}/{of['dbname']}"

    def clients(self, url: str) -> int:
        """How many it has for this database."""
        name = conninfo_to_dict(url)["dbname"]
        return sum(database == name for _, _, database, *_ in self._show("CLIENTS"))

    def _show(self, what: str) -> list[tuple[object, ...]]:
        url = self.through(self._server.url("pgbouncer", ROLES["api"]))
        with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            return connection.execute(f"SHOW {what}".encode()).fetchall()

    def _answers(self) -> bool:
        assert self._child is not None
        assert self._child.exit_code is None, self._child.log_tail()
        try:
            return bool(self._show("DATABASES"))
        except psycopg.OperationalError:
            return False

    def _configuration(self) -> Path:
        passwords = {role: conninfo_to_dict(self._server.url(role=role))["password"] for role in ROLES.values()}
        users = self._folder / "users.txt"
        users.write_text("".join(f'"{role}" "{password}"\n' for role, password in passwords.items()))
        lines = [
            "[databases]",
            f"* = host={LOOPBACK} port={self._server.port}",
            "[pgbouncer]",
            f"listen_addr = {LOOPBACK}",
            f"listen_port = {self._port}",
            "unix_socket_dir =",
            "auth_type = scram-sha-256",
            f"auth_file = {users}",
            f"stats_users = {ROLES['api']}",
            "pool_mode = transaction",
            f"default_pool_size = {SESSIONS}",
            "server_idle_timeout = 5",
        ]
        if os.geteuid() == 0:
            lines.append("user = nobody")  # it refuses to run as root
        file = self._folder / "pgbouncer.ini"
        file.write_text("\n".join([*lines, ""]))
        return file
