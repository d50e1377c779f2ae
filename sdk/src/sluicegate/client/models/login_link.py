"""A sign-in link."""

from datetime import datetime

from sluicegate_schemas.model import Part


class LoginLink(Part):
    """Good once, for ten minutes, for one person. Who has it is that person: pass it on in private."""

    name: str
    url: str
    """The whole address."""
    expires_at: datetime
