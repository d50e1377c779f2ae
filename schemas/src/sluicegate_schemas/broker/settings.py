"""Where the broker is and how it is reached, as the environment says; half a setting is refused."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings

from sluicegate_schemas.broker.security import SaslMechanism, Security, SecurityProtocol
from sluicegate_schemas.environment import FROM_ENVIRONMENT, SettingsError, variable


class KafkaSettings(BaseSettings):
    """What services and `topics apply` read alike."""

    model_config = FROM_ENVIRONMENT

    kafka_bootstrap_servers: str = Field(description="Kafka, as host:port[,host:port…]", min_length=1)
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    """SASL: with a user's name and password. SSL: encrypted, and the broker proves its host name."""
    kafka_sasl_mechanism: SaslMechanism = "SCRAM-SHA-512"
    """How the user's password is proved."""
    kafka_sasl_username: str | None = None
    """Who this service is to the broker."""
    kafka_sasl_password: SecretStr | None = None
    """The user's password; better in a file."""
    kafka_sasl_password_file: Path | None = None
    """A file that holds the password, instead of the variable; a line break at its end does not count."""
    kafka_ssl_ca_file: Path | None = None
    """Who may vouch for the broker, in PEM; without it, the authorities that this machine trusts."""
    kafka_ssl_certificate_file: Path | None = None
    """The client's own certificate and its chain, in PEM, for brokers that ask for one."""
    kafka_ssl_key_file: Path | None = None
    """The certificate's key, in PEM, without a pass phrase."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if findings := [*self._password_findings(), *self._tls_findings()]:
            raise PydanticCustomError("half_a_setting", "{findings}", {"findings": "\n".join(findings)})
        return self

    def kafka_security(self) -> Security:
        """The same, with what the files hold.

        Raises:
            SettingsError: a file can't be read, or holds something else.
        """
        security = Security(
            self.kafka_security_protocol,
            self.kafka_sasl_mechanism,
            self.kafka_sasl_username,
            self._password(),
            self.kafka_ssl_ca_file,
            self.kafka_ssl_certificate_file,
            self.kafka_ssl_key_file,
        )
        if security.has_tls:
            self._open_certificates()
        return security

    def _password_findings(self) -> Iterator[str]:
        protocol, wanted = self.kafka_security_protocol, self.kafka_security_protocol.startswith("SASL")
        password, file = _set(self, "kafka_sasl_password"), _set(self, "kafka_sasl_password_file")
        if wanted and not _set(self, "kafka_sasl_username"):
            yield f"{_name('kafka_sasl_username')} is not set ({protocol} takes a user's name)"
        if wanted and not password and not file:
            yield f"{_name('kafka_sasl_password_file')} is not set ({protocol} takes a password, from a file)"
        if password and file:
            yield f"{_name('kafka_sasl_password')} and {_name('kafka_sasl_password_file')} are both set: one is enough"
        if not wanted:
            yield from self._useless("kafka_sasl_username", "kafka_sasl_password", "kafka_sasl_password_file")

    def _tls_findings(self) -> Iterator[str]:
        certificate, key = "kafka_ssl_certificate_file", "kafka_ssl_key_file"
        if not self.kafka_security_protocol.endswith("SSL"):
            yield from self._useless("kafka_ssl_ca_file", certificate, key)
            return
        for one, other in ((certificate, key), (key, certificate)):
            if _set(self, one) and not _set(self, other):
                yield f"{_name(other)} is not set ({_name(one)} is: they belong together)"

    def _useless(self, *fields: str) -> Iterator[str]:
        """Somebody believes that these protect something."""
        for field in fields:
            if _set(self, field):
                protocol = f"{_name('kafka_security_protocol')} is {self.kafka_security_protocol}"
                yield f"{_name(field)} is set and would not be used: {protocol}"

    def _password(self) -> str | None:
        if self.kafka_sasl_password_file is None:
            return self.kafka_sasl_password.get_secret_value() if self.kafka_sasl_password else None
        name = _name("kafka_sasl_password_file")
        try:
            password = self.kafka_sasl_password_file.read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}: {self.kafka_sasl_password_file}: {_reason(error)}") from None
        if not password:
            raise SettingsError(f"{name}: {self.kafka_sasl_password_file}: the file is empty")
        return password

    def _open_certificates(self) -> None:
        """OpenSSL says now what is wrong with them, and names the variable; librdkafka would say less, later."""
        context = ssl.create_default_context()
        if (ca := self.kafka_ssl_ca_file) is not None:
            try:
                context.load_verify_locations(ca)
            except OSError as error:
                raise SettingsError(f"{_name('kafka_ssl_ca_file')}: {ca}: {_reason(error)}") from None
        if (own := self.kafka_ssl_certificate_file) is not None and (key := self.kafka_ssl_key_file) is not None:
            try:
                context.load_cert_chain(own, key, password=lambda: "")
            except OSError as error:
                names = f"{_name('kafka_ssl_certificate_file')} and {_name('kafka_ssl_key_file')}"
                raise SettingsError(f"{names}: {own}, {key}: {_reason(error)}") from None


def _name(field: str) -> str:
    return variable(KafkaSettings, field)


def _set(settings: KafkaSettings, field: str) -> bool:
    value = getattr(settings, field)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _reason(error: Exception) -> str:
    """Never the content: OpenSSL's code, or the system's words."""
    if isinstance(error, ssl.SSLError):
        return f"no use as PEM ({error.reason or 'unreadable'})"
    return error.strerror or str(error) if isinstance(error, OSError) else "not text"
