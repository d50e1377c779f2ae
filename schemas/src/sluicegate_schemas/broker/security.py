"""How a client shows the broker who it is, and tells that it is the right broker."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

SecurityProtocol: TypeAlias = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism: TypeAlias = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class Security:
    """Complete for its protocol; the default is none at all."""

    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: SaslMechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    """Who may vouch for the broker, in PEM; None: the authorities that this machine trusts."""
    certificate_file: Path | None = None
    key_file: Path | None = None

    @property
    def has_password(self) -> bool:
        """Whether the client gives a name and a password."""
        return self.protocol.startswith("SASL")

    @property
    def has_tls(self) -> bool:
        """Whether the connection is encrypted and the broker proves its host name."""
        return self.protocol.endswith("SSL")

    def librdkafka(self) -> dict[str, str]:
        """The same in librdkafka's words."""
        words: dict[str, str | Path | None] = {"security.protocol": self.protocol}
        if self.has_password:
            # Always named: librdkafka's default mechanism is GSSAPI, which the wheel lacks.
            words |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.username,
                "sasl.password": self.password,
            }
        if self.has_tls:
            words |= {
                "ssl.ca.location": self.ca_file,
                "ssl.certificate.location": self.certificate_file,
                "ssl.key.location": self.key_file,
            }
        return {word: str(value) for word, value in words.items() if value is not None}
