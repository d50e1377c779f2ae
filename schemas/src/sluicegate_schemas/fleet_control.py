"""`fleet-control`: start or stop every worker replica."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from sluicegate_schemas.model import Event, ShortText, Timestamp

FLEET_KEY = "fleet"


class Desired(StrEnum):
    """What the fleet should do."""

    STARTED = "started"
    STOPPED = "stopped"


class FleetControl(Event):
    """The highest version counts."""

    event: ClassVar = "fleet-control"

    version: Annotated[int, Field(ge=1, strict=True)]
    desired: Desired
    requested_by: ShortText
    at: Timestamp

    def record_key(self) -> str:
        """All on one partition, so that they stay in order."""
        return FLEET_KEY
