"""docker-compose.yml and the images tell each service all that it needs and nothing that it does not know."""

import re

import pytest

from sluicegate_api.settings import ApiSettings
from sluicegate_checkpoint_svc.settings import CheckpointSettings
from sluicegate_dev.compose_secrets import PASSWORDS
from sluicegate_dev.kafka_jars import VERSION
from sluicegate_dev.kafka_jvm import SETTINGS
from sluicegate_kit.settings import MigrationSettings, ServiceSettings, SettingsError, load, variable
from sluicegate_schemas.limits import RECORD_BYTES
from sluicegate_worker.settings import WorkerSettings
from tests.deploy.compose_file import COMPOSE, DOCKERFILE, REPOSITORY, environment, outside_variables, services

KINDS: dict[str, type[ServiceSettings]] = {
    "api": ApiSettings,
    "checkpoint-svc": CheckpointSettings,
    "worker": WorkerSettings,
}
TEXT, IMAGES = COMPOSE.read_text(), DOCKERFILE.read_text()
SERVICES = services(TEXT)


def start(monkeypatch: pytest.MonkeyPatch, kind: type[MigrationSettings], variables: dict[str, str]) -> None:
    """Reads settings from exactly these variables, and asks whether there is one among them that nobody reads."""
    for name in [*variables, *(variable(kind, field) for field in kind.model_fields)]:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    load(kind)
    unknown = variables.keys() - {variable(kind, field) for field in kind.model_fields}
    assert not unknown, f"{kind.__name__} has no {sorted(unknown)}"


def test_every_service_that_is_built_here_is_looked_at() -> None:
    assert {name for name, service in SERVICES.items() if "build" in service} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_service_starts_with_exactly_the_environment_it_gets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    start(monkeypatch, KINDS[name], environment(SERVICES[name], IMAGES))


@pytest.mark.parametrize("name", KINDS)
def test_a_migration_is_told_its_database_and_nothing_else(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = SERVICES[f"migrate-{name}"]
    assert migration["image"] == SERVICES[name]["image"]
    start(monkeypatch, MigrationSettings, migration["environment"])


@pytest.mark.parametrize("name", KINDS)
def test_a_lacking_and_an_unknown_variable_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = environment(SERVICES[name], IMAGES)
    with pytest.raises(AssertionError, match="SLUICEGATE_NEVER_HEARD_OF"):
        start(monkeypatch, KINDS[name], {**variables, "SLUICEGATE_NEVER_HEARD_OF": "1"})
    del variables["SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS"]
    with pytest.raises(SettingsError, match="SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS is not set"):
        start(monkeypatch, KINDS[name], variables)


@pytest.mark.parametrize("name", KINDS)
def test_a_service_can_drain_before_it_is_killed(name: str) -> None:
    grace = KINDS[name].model_fields["grace_seconds"].default
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > grace + 5


def test_no_secret_and_no_password_has_a_default() -> None:
    wanted = {"SECRETS", "DECISION_KEY_ID", "SESSION_KEY_ID", *PASSWORDS}
    assert outside_variables(TEXT) == wanted
    example = (REPOSITORY / "deploy" / "compose.env.example").read_text()
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == wanted


def test_kafka_is_the_one_that_the_tests_start() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{VERSION}"
    assert f"./{SETTINGS.parent.relative_to(REPOSITORY)}:/mnt/shared/config:ro" in SERVICES["kafka"]["volumes"]
    assert f"message.max.bytes={RECORD_BYTES + 64 * 1024}\n" in SETTINGS.read_text()
