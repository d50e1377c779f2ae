"""Real Apache Kafka that lets in whom it knows: TLS with certificates on both sides, SCRAM, StandardAuthorizer."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from sluicegate_dev.errors import CannotRunHere
from sluicegate_dev.kafka_jvm import Door, JvmKafka
from sluicegate_schemas.broker.security import Security
from sluicegate_schemas.rights import user_of
from sluicegate_schemas.topics import Party
from tests.support.certificates import Authority
from tests.support.requirements import lacking

ADMIN = "admin"


class GuardedKafka:
    """Started with a user for each party, none of whom may do anything yet."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs before `start`."""
        self.authority = Authority(folder / "certificates", "Our own authority")
        self._client_certificate, self._client_key = self.authority.issue("client")
        self._passwords = folder / "passwords"
        self._passwords.mkdir()
        users = [ADMIN, *map(user_of, Party)]
        for user in users:
            (self._passwords / user).write_text(f"{token_urlsafe(16)}\n")
        self._broker = JvmKafka(
            folder / "kafka",
            door=Door(
                self.security(ADMIN),
                self._properties(folder / "certificates" / "broker-with-key.pem"),
                [word for user in users for word in ("--add-scram", self._scram(user))],
            ),
        )
        self.start, self.wipe = self._broker.start, self._broker.wipe

    @property
    def bootstrap_servers(self) -> str:
        """Where clients start."""
        return self._broker.bootstrap_servers

    def security(self, user: str) -> Security:
        """How this user comes in."""
        return Security(
            "SASL_SSL",
            username=user,
            password=self._password(user),
            ca_file=self.authority.file,
            certificate_file=self._client_certificate,
            key_file=self._client_key,
        )

    def settings(self, user: str) -> dict[str, str]:
        """The same as environment variables."""
        return {
            "SLUICEGATE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "SLUICEGATE_KAFKA_SASL_USERNAME": user,
            "SLUICEGATE_KAFKA_SASL_PASSWORD_FILE": str(self._passwords / user),
            "SLUICEGATE_KAFKA_SSL_CA_FILE": str(self.authority.file),
            "SLUICEGATE_KAFKA_SSL_CERTIFICATE_FILE": str(self._client_certificate),
            "SLUICEGATE_KAFKA_SSL_KEY_FILE": str(self._client_key),
        }

    def client(self, user: str) -> dict[str, Any]:
        """The same for a client on librdkafka."""
        return {"bootstrap.servers": self.bootstrap_servers, "log_level": 0, **self.security(user).librdkafka()}

    def foreign_client(self, user: str) -> dict[str, Any]:
        """The same for aiokafka."""
        context = ssl.create_default_context(cafile=str(self.authority.file))
        context.load_cert_chain(self._client_certificate, self._client_key)
        return {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": user,
            "sasl_plain_password": self._password(user),
            "ssl_context": context,
        }

    def strangers(self) -> dict[str, Security]:
        """Clients that must not get in, each wrong in one thing alone."""
        known = self.security(user_of(Party.API))
        other = Authority(self.authority.folder / "other", "Somebody else's authority")
        certificate, key = other.issue("client")
        return {
            "a wrong password": replace(known, password="wrong"),
            "an unknown user": replace(known, username="nobody"),
            "no certificate": replace(known, certificate_file=None, key_file=None),
            "another authority's certificate": replace(known, certificate_file=certificate, key_file=key),
            "no trust in the broker's authority": replace(known, ca_file=other.file),
            "no password": replace(known, protocol="SSL"),
            "no TLS": replace(known, protocol="SASL_PLAINTEXT"),
        }

    def _properties(self, keystore: Path) -> dict[str, object]:
        certificate, key = self.authority.issue("broker")
        keystore.write_bytes(key.read_bytes() + certificate.read_bytes())
        login = f'username="{ADMIN}" password="{self._password(ADMIN)}"'
        return {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            # ANONYMOUS is the node itself, on the controller's listener.
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                f"org.apache.kafka.common.security.scram.ScramLoginModule required {login};"
            ),
            "listener.name.clients.ssl.client.auth": "required",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": keystore,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority.file,
        }

    def _password(self, user: str) -> str:
        return (self._passwords / user).read_text().strip()

    def _scram(self, user: str) -> str:
        return f"SCRAM-SHA-512=[name={user},password={self._password(user)}]"


@contextmanager
def guarded_kafka(folder: Path) -> Iterator[GuardedKafka]:
    """Started, and gone with the block."""
    kafka = GuardedKafka(folder)
    try:
        kafka.start()
    except CannotRunHere as error:
        lacking("kafka", str(error))
    try:
        yield kafka
    finally:
        kafka.wipe()
