"""The roles that an identity may have."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody does here; which routes that opens is in `access.toml`."""

    VIEWER = "viewer"
    """Sees jobs and checkpoints."""
    SUBMITTER = "submitter"
    """Asks for work, and cancels or retries it."""
    APPROVER = "approver"
    """Decides on checkpoints."""
    OPERATOR = "operator"
    """Runs the system: fleet, dead letters."""
    ADMIN = "admin"
    """Everything."""
