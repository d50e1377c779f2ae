"""A service that lacks a setting says which, and never what another one holds."""

from pathlib import Path

import pytest
from pydantic import Field

from sluicegate_kit.settings import CommaSeparated, PageSettings, SettingsError, StoringSettings, load

GOOD = {
    "SLUICEGATE_DATABASE_URL": "postgresql://u:secret-marker@h/d",
    "SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS": "h:9092",
    "SLUICEGATE_KEYS_FILE": "/keys.json",
}


class WorkerLike(StoringSettings):
    handlers: CommaSeparated = ("one",)
    enable_agent_worker: bool = Field(default=False, validation_alias="ENABLE_AGENT_WORKER")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLUICEGATE_HANDLERS", "my_jobs, other.jobs,")
    environment.setenv("ENABLE_AGENT_WORKER", "true")
    environment.setenv("SLUICEGATE_HTTP_PORT", "")
    found = load(WorkerLike)
    assert found.handlers == ("my_jobs", "other.jobs")
    assert found.enable_agent_worker
    assert found.keys_file == Path("/keys.json")
    assert found.http_port == 0
    assert found.database_url.get_secret_value() == GOOD["SLUICEGATE_DATABASE_URL"]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_missing_is_named_with_what_belongs_there(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsError) as caught:
        load(WorkerLike)
    assert str(caught.value).startswith(f"{name} is not set (")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLUICEGATE_HTTP_PORT", "secret-marker"),
        ("SLUICEGATE_HTTP_PORT", "70000"),
        ("SLUICEGATE_LOG_FORMAT", "secret-marker"),
        ("SLUICEGATE_SWEEP_INTERVAL_SECONDS", "0"),
        ("ENABLE_AGENT_WORKER", "secret-marker"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name} is wrong") as caught:
        load(WorkerLike)
    assert "secret-marker" not in str(caught.value)


def test_all_that_is_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as caught:
        load(WorkerLike)
    assert len(str(caught.value).splitlines()) == len(GOOD)


def test_secrets_do_not_show(environment: pytest.MonkeyPatch) -> None:
    assert "secret-marker" not in repr(load(WorkerLike)) + str(load(WorkerLike))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_the_dev_cookie_can_be_had_on_the_loopback_interface(environment: pytest.MonkeyPatch, host: str) -> None:
    environment.setenv("SLUICEGATE_SESSION_KEYS_FILE", "/session-keys.json")
    assert not load(PageSettings).insecure_dev_cookie
    environment.setenv("SLUICEGATE_INSECURE_DEV_COOKIE", "true")
    environment.setenv("SLUICEGATE_HTTP_HOST", host)
    assert load(PageSettings).insecure_dev_cookie


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "sluicegate.example", "localhost.x", "127.0.0.1.x"])
def test_the_dev_cookie_is_refused_where_others_can_listen(environment: pytest.MonkeyPatch, host: str) -> None:
    environment.setenv("SLUICEGATE_SESSION_KEYS_FILE", "/session-keys.json")
    environment.setenv("SLUICEGATE_INSECURE_DEV_COOKIE", "true")
    environment.setenv("SLUICEGATE_HTTP_HOST", host)
    with pytest.raises(SettingsError, match=r"SLUICEGATE_INSECURE_DEV_COOKIE is wrong: .* loopback"):
        load(PageSettings)
