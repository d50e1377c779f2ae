"""Every variable that the chart sets is a setting of its service, and nothing that a service needs is missing."""

import os

import pytest
import yaml
from pydantic_settings import BaseSettings

from sluicegate_api.settings import ApiSettings
from sluicegate_checkpoint_svc.settings import CheckpointSettings
from sluicegate_kit.settings import MigrationSettings, PageSettings, load, variable
from sluicegate_schemas.broker.settings import KafkaSettings
from sluicegate_worker.settings import WorkerSettings
from tests.deploy.rendered import CHART, SETS, Container, containers

SETTINGS: dict[str, type[BaseSettings]] = {
    "api": ApiSettings,
    "checkpoint-svc": CheckpointSettings,
    "worker": WorkerSettings,
    "insights": PageSettings,
}
HOOKS: dict[str, type[BaseSettings]] = {"migrate": MigrationSettings, "apply": KafkaSettings}
"""By what they do, whoever's image has it."""
OF_LIBPQ = {"PGSSLROOTCERT"}
"""Variables of PostgreSQL's client library: who may vouch for the server."""
IN_A_SECRET = "postgresql://user:password@host/database"
"""Good enough for every variable whose value the chart does not know."""

EVERY = [
    pytest.param(values, container, id=f"{values} {container.service} {container.command}")
    for values in SETS
    for container in containers(values)
]


def kind_of(container: Container) -> type[BaseSettings]:
    """The settings that the container's process reads."""
    return HOOKS.get(container.command) or SETTINGS[container.service]


def known(kind: type[BaseSettings]) -> set[str]:
    return {variable(kind, field) for field in kind.model_fields}


def required(kind: type[BaseSettings]) -> set[str]:
    return {variable(kind, name) for name, field in kind.model_fields.items() if field.is_required()}


def of_handlers(values: str) -> set[str]:
    """What the values say is for the handlers of a user, which no setting of ours is."""
    given = yaml.safe_load((CHART / "ci" / f"{values}-values.yaml").read_text())
    return {entry["name"] for entry in given.get("worker", {}).get("handlerEnv", ())}


@pytest.mark.parametrize(("values", "container"), EVERY)
def test_every_variable_is_a_setting_that_the_service_knows(values: str, container: Container) -> None:
    theirs = of_handlers(values) if container.service == "worker" else set()
    assert container.variables.keys() - theirs - OF_LIBPQ - known(kind_of(container)) == set()


@pytest.mark.parametrize(("values", "container"), EVERY)
def test_every_required_setting_is_set(values: str, container: Container) -> None:
    assert required(kind_of(container)) - container.variables.keys() == set()


@pytest.mark.parametrize(("values", "container"), EVERY)
def test_every_value_is_one_that_the_setting_takes(
    values: str, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("SLUICEGATE_") or name == "ENABLE_AGENT_WORKER"]:
        monkeypatch.delenv(name)
    for name, value in container.variables.items():
        monkeypatch.setenv(name, IN_A_SECRET if value is None else value)
    load(kind_of(container))


@pytest.mark.parametrize(("values", "container"), EVERY)
def test_every_file_that_a_variable_names_is_mounted_and_every_mounted_file_is_named(
    values: str, container: Container
) -> None:
    named = {value for name, value in container.variables.items() if name.endswith("_FILE") or name in OF_LIBPQ}
    assert named == container.files.keys()


@pytest.mark.parametrize(("values", "container"), EVERY)
def test_secrets_stand_in_secrets(values: str, container: Container) -> None:
    assert container.variables.get("SLUICEGATE_DATABASE_URL") is None
    assert [name for name, value in container.variables.items() if "PASSWORD" in name and value is not None] == []
