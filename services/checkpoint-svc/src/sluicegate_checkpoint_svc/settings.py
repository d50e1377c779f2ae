"""What this service is told by its environment, beside what all services are."""

from pathlib import Path

from pydantic import Field

from sluicegate_kit.settings import Seconds, ServiceSettings


class CheckpointSettings(ServiceSettings):
    """The decision key, and the pace of expiry."""

    decision_key_file: Path = Field(description="the private key that signs decisions: Ed25519, PKCS #8 in PEM")
    decision_key_id: str = Field(description="the name of its public key in the workers' key set", min_length=1)
    expiry_interval_seconds: Seconds = 1
