"""Services and the topics command reach the broker as they are told, whole or not at all."""

from pathlib import Path

import pytest

from sluicegate_kit.kafka.options import KafkaOptions, admin_config, consumer_config, producer_config
from sluicegate_kit.settings import ServiceSettings, SettingsError, load
from sluicegate_schemas.broker.security import Security
from tests.support.certificates import Authority

SECRET = "secret-marker"
PREFIX = "SLUICEGATE_KAFKA_"
SASL = {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", "SASL_USERNAME": "me", "SASL_PASSWORD": SECRET}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SLUICEGATE_DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("SLUICEGATE_KEYS_FILE", "/keys.json")
    monkeypatch.setenv("SLUICEGATE_KAFKA_BOOTSTRAP_SERVERS", "h:9092")
    return monkeypatch


def security(environment: pytest.MonkeyPatch, settings: dict[str, str]) -> Security:
    """What a service makes of these variables."""
    for name, value in settings.items():
        environment.setenv(PREFIX + name, value)
    return KafkaOptions.of(load(ServiceSettings), "test").security


def test_without_settings_the_connection_is_open(environment: pytest.MonkeyPatch) -> None:
    assert security(environment, {}).librdkafka() == {"security.protocol": "PLAINTEXT"}


def test_every_client_of_a_service_gets_all_of_it(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ours")
    certificate, key = authority.issue("me")
    settings = {
        **SASL,
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SASL_MECHANISM": "SCRAM-SHA-256",
        "SSL_CA_FILE": str(authority.file),
        "SSL_CERTIFICATE_FILE": str(certificate),
        "SSL_KEY_FILE": str(key),
    }
    options = KafkaOptions("h:9092", "test", security=security(environment, settings))
    for config in (producer_config(options), consumer_config(options, "group"), admin_config(options)):
        assert {name: config[name] for name in config if name.startswith(("sasl", "ssl", "security"))} == {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": "me",
            "sasl.password": SECRET,
            "ssl.ca.location": str(authority.file),
            "ssl.certificate.location": str(certificate),
            "ssl.key.location": str(key),
        }


def test_a_password_may_be_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f" {SECRET} \n")
    found = security(environment, {**SASL, "SASL_PASSWORD": "", "SASL_PASSWORD_FILE": str(file)})
    assert found.password == f" {SECRET} "


def test_passwords_do_not_show(environment: pytest.MonkeyPatch) -> None:
    found = security(environment, SASL)
    assert found.password == SECRET
    assert SECRET not in repr(found) + repr(KafkaOptions("h", "c", security=found)) + repr(load(ServiceSettings))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({**SASL, "SASL_USERNAME": ""}, "SASL_USERNAME is not set (SASL_PLAINTEXT takes a user's name)"),
        ({**SASL, "SASL_PASSWORD": ""}, "SASL_PASSWORD_FILE is not set (SASL_PLAINTEXT takes a password, from a file)"),
        ({**SASL, "SASL_PASSWORD_FILE": "/f"}, f"SASL_PASSWORD and {PREFIX}SASL_PASSWORD_FILE are both set"),
        ({**SASL, "SECURITY_PROTOCOL": ""}, "SASL_PASSWORD is set and would not be used"),
        ({**SASL, "SECURITY_PROTOCOL": "SSL"}, "SASL_USERNAME is set and would not be used"),
        ({**SASL, "SECURITY_PROTOCOL": "TLS"}, "SECURITY_PROTOCOL is wrong: Input should be 'PLAINTEXT', 'SSL'"),
        ({**SASL, "SASL_MECHANISM": "GSSAPI"}, "SASL_MECHANISM is wrong: Input should be 'PLAIN'"),
        ({**SASL, "SSL_CA_FILE": "/f"}, "SSL_CA_FILE is set and would not be used"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_KEY_FILE": "/f"}, "SSL_CERTIFICATE_FILE is not set"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CERTIFICATE_FILE": "/f"}, "SSL_KEY_FILE is not set"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CA_FILE": "/nowhere"}, "SSL_CA_FILE: /nowhere: No such file or directory"),
        ({**SASL, "SASL_PASSWORD": "", "SASL_PASSWORD_FILE": "/nowhere"}, "SASL_PASSWORD_FILE: /nowhere: No such"),
    ],
)
def test_half_a_setting_is_refused_by_name(
    environment: pytest.MonkeyPatch, settings: dict[str, str], line: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        security(environment, settings)
    assert any(found.startswith(PREFIX + line) for found in str(caught.value).splitlines()), caught.value
    assert SECRET not in str(caught.value)


def test_files_that_hold_something_else_are_refused_without_what_they_hold(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority, other = Authority(tmp_path, "ours"), tmp_path / "other"
    other.write_text(SECRET)
    certificate, _ = authority.issue("me")
    _, foreign_key = authority.issue("somebody else")
    tls = {"SECURITY_PROTOCOL": "SSL", "SSL_CA_FILE": str(authority.file)}
    own = {**tls, "SSL_CERTIFICATE_FILE": str(certificate), "SSL_KEY_FILE": str(foreign_key)}
    empty = {**SASL, "SASL_PASSWORD": "", "SASL_PASSWORD_FILE": "/dev/null"}
    for settings, line in (
        ({**tls, "SSL_CA_FILE": str(other)}, "SSL_CA_FILE: .*: no use as PEM"),
        (own, "SSL_CERTIFICATE_FILE and .*SSL_KEY_FILE: .*KEY_VALUES_MISMATCH"),
        (empty, "SASL_PASSWORD_FILE: /dev/null: the file is empty"),
    ):
        with environment.context() as its_own, pytest.raises(SettingsError, match=line) as caught:
            security(its_own, settings)
        assert SECRET not in str(caught.value)
