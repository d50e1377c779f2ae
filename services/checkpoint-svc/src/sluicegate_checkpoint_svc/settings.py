"""What this service is told by its environment, beside what all services are."""

from pathlib import Path

from pydantic import Field

from sluicegate_kit.settings import PageSettings, Seconds


class CheckpointSettings(PageSettings):
    """The keys that sign decisions and sessions, how long those last, and the pace of expiry."""

    decision_key_file: Path = Field(description="the private key that signs decisions: Ed25519, PKCS #8 in PEM")
    decision_key_id: str = Field(description="the name of its public key in the workers' key set", min_length=1)
    session_key_file: Path = Field(description="the private key that signs sessions: Ed25519, PKCS #8 in PEM")
    session_key_id: str = Field(description="the name of its public key in SLUICEGATE_SESSION_KEYS_FILE", min_length=1)
    session_longest_seconds: Seconds = 12 * 3600
    """After which somebody signs in again."""
    expiry_interval_seconds: Seconds = 1
    """How often to look for approvals whose deadline has passed."""
