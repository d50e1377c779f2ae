"""Brings a service's database to the newest version of its schema, also when several replicas try at once.

A service keeps its history as Alembic revisions in `<package>/migrations/versions/`; the rest is here.
"""

from importlib.resources import as_file, files

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

log = structlog.get_logger(__name__)

LOCK = 5_791_046_720_251_108
"""Advisory lock (a number of our own) that a migration holds; the others wait for it and then find nothing to do."""


def sqlalchemy_url(database_url: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it, on psycopg 3."""
    scheme, separator, rest = database_url.partition("://")
    if scheme in ("postgresql", "postgres"):
        return f"postgresql+psycopg{separator}{rest}"
    return database_url


def run_migrations(package: str, database_url: str, *, to: str = "head") -> str:
    """Apply what is missing, all or nothing; the revision that the database is at then.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database can't be reached, or refuses a statement.
        alembic.util.CommandError: the database is at a revision that this release does not know.
    """
    unprepared = {"prepare_threshold": None}  # nothing is left in the session, which may be a pooler's
    engine = create_engine(sqlalchemy_url(database_url), hide_parameters=True, connect_args=unprepared)
    try:
        with (
            as_file(files(package) / "migrations" / "versions") as versions,
            as_file(files("sluicegate_kit") / "migration_env") as environment,
            engine.begin() as connection,
        ):
            config = Config()
            config.set_main_option("script_location", str(environment).replace("%", "%%"))
            config.set_main_option("version_locations", str(versions).replace("%", "%%"))
            config.set_main_option("path_separator", "newline")
            return _upgrade(connection, config, to)
    finally:
        engine.dispose()


def _upgrade(connection: Connection, config: Config, to: str) -> str:
    # Held until the transaction ends, so that one replica migrates and the others find it done.
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    before = _revision(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    after = _revision(connection)
    log.info("database migrated", before=before, after=after)
    return after


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or "base"
