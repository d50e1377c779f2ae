"""How each service is started on one machine: its module, its database, its environment."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from sluicegate_dev.errors import DidNotStart
from sluicegate_dev.keys import DECISION_KEY_ID, SESSION_KEY_ID, Keys
from sluicegate_dev.processes import Child
from sluicegate_kit.migrate import run_migrations


@dataclass(frozen=True, slots=True)
class Service:
    """One service, as the other tools see it."""

    name: str
    module: str
    database: str = ""
    """Name of its database and of the role that owns it. Empty: it keeps no tables."""


API = Service("api", "sluicegate_api", "sluicegate_api")
WORKER = Service("worker", "sluicegate_worker", "sluicegate_worker")
CHECKPOINT_SVC = Service("checkpoint-svc", "sluicegate_checkpoint_svc", "sluicegate_checkpoint")
SERVICES = (API, CHECKPOINT_SVC, WORKER)
"""Those that jobs go through, each with its database."""
INSIGHTS = Service("insights", "sluicegate_insights")
PROCESSES = (*SERVICES, INSIGHTS)
"""All that are started."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every service on this machine is told."""

    bootstrap_servers: str
    database_urls: Mapping[str, str]
    """By the service's name."""
    keys: Keys
    workspace: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    """More environment variables, for all services; they win."""


def settings_of(service: Service, surroundings: Surroundings) -> dict[str, str]:
    """The environment variables that the service reads; ports are for the caller to add."""
    settings = {
        "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": surroundings.bootstrap_servers,
        "SLUICEGATE_KEYS_FILE": str(surroundings.keys.identities),
        "SLUICEGATE_LOG_FORMAT": "json",
    }
    if service.database:
        settings["SLUICEGATE_DATABASE_URL"] = surroundings.database_urls[service.name]
    if service is API:
        settings["ENABLE_AGENT_WORKER"] = "true"
    if service in (API, WORKER):
        settings["SLUICEGATE_MAC_KEY_FILE"] = str(surroundings.keys.mac_key)
    if service in (API, CHECKPOINT_SVC, INSIGHTS):
        settings["SLUICEGATE_SESSION_KEYS_FILE"] = str(surroundings.keys.session_key_set)
        settings["SLUICEGATE_INSECURE_DEV_COOKIE"] = "true"
    if service is WORKER:
        settings["SLUICEGATE_DECISION_KEYS_FILE"] = str(surroundings.keys.decision_key_set)
        settings["SLUICEGATE_WORKSPACE"] = str(surroundings.workspace)
    if service is CHECKPOINT_SVC:
        settings["SLUICEGATE_DECISION_KEY_FILE"] = str(surroundings.keys.decision_key)
        settings["SLUICEGATE_DECISION_KEY_ID"] = DECISION_KEY_ID
        settings["SLUICEGATE_SESSION_KEY_FILE"] = str(surroundings.keys.session_key)
        settings["SLUICEGATE_SESSION_KEY_ID"] = SESSION_KEY_ID
    return {**settings, **surroundings.extra}


def serve(service: Service, settings: Mapping[str, str], *, log: Path, name: str | None = None) -> Child:
    """Starts one process of the service; it may not be ready yet."""
    command = [sys.executable, "-m", service.module, "serve"]
    return Child(name or service.name, command, log=log, env=settings)


def migrate(service: Service, database_url: str) -> None:
    """Brings its database to the newest version, as `python -m … migrate` does.

    Raises:
        DidNotStart: with what the database said.
    """
    try:
        run_migrations(service.module, database_url)
    except SQLAlchemyError as error:
        raise DidNotStart(f"{service.name} migrate", str(error)) from error
