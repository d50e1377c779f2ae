"""Times on the wire."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """UTC with microseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """What such a text means."""
    return datetime.fromisoformat(text)
