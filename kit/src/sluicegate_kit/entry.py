"""What `python -m <service>` does: `serve`, and `migrate` where there are tables; the same for every service."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from sluicegate_kit import logs
from sluicegate_kit.access.identities import AccessError
from sluicegate_kit.lifecycle import FAILED, Component, Lifecycle
from sluicegate_kit.migrate import run_migrations
from sluicegate_kit.settings import MigrationSettings, ServiceSettings, SettingsError, load

MISCONFIGURED = 2
"""Exit code: the environment lacks something, or names a file that is wrong."""

GARBAGE_THRESHOLDS = (50_000, 20, 20)
"""Objects made and not freed before a young collection, then young ones before a middle one, and so on."""

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=ServiceSettings)


def run(
    service: str,
    package: str,
    settings: type[S],
    serve: Callable[[S], Awaitable[Sequence[Component]]],
    arguments: Sequence[str] | None = None,
    *,
    keeps_tables: bool = True,
) -> int:
    """Do what the command line asks; the exit code.

    `serve` wires the service: its components, first to last. It runs in the event loop and connects nothing.
    It may raise `SettingsError` for what a settings file holds. A service that `keeps_tables` has `migrate` too.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run the service until SIGTERM")
    if keeps_tables:
        commands.add_parser("migrate", help="bring the database to the newest schema, then end")
    command = parser.parse_args(arguments).command
    try:
        if command == "migrate":
            return _migrate(service, package, load(MigrationSettings))
        found = load(settings)
        logs.configure(service, level=found.log_level, form=found.log_format)
        return asyncio.run(_serve(found, serve))
    except (SettingsError, AccessError) as error:
        print(f"{service} can't start:\n{error}", file=sys.stderr)  # noqa: T201 - before there is a log
        return MISCONFIGURED


async def _serve(settings: S, serve: Callable[[S], Awaitable[Sequence[Component]]]) -> int:
    components = await serve(settings)
    _collect_garbage_less_often()
    return await Lifecycle(components, grace_seconds=settings.grace_seconds).run()


def _collect_garbage_less_often() -> None:
    """A busy service makes thousands of objects a commit, nearly all freed by reference count.

    With Python's default thresholds, looking through them again and again took a third of the worker's CPU time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def _migrate(service: str, package: str, settings: MigrationSettings) -> int:
    logs.configure(service, level=settings.log_level, form=settings.log_format)
    try:
        run_migrations(package, settings.database_url.get_secret_value())
    except SQLAlchemyError as error:
        log.error("database not migrated", exc_info=error)
        return FAILED
    return 0
