"""Whether the workers should run: a counted wish, and the answer that they know it."""

from datetime import datetime
from typing import NamedTuple

from sluicegate_schemas.fleet_control import FLEET_KEY, Desired, FleetControl


class Fleet(NamedTuple):
    """The one row: what is wanted of all replicas."""

    name: str
    version: int
    desired: Desired
    requested_by: str
    at: datetime
    answered: bool
    """Whether a replica has said this version."""

    def event(self) -> FleetControl:
        """As the workers get it."""
        return FleetControl(version=self.version, desired=self.desired, requested_by=self.requested_by, at=self.at)


def want(fleet: Fleet | None, desired: Desired, requested_by: str, now: datetime) -> Fleet:
    """The fleet as it is wanted; the same row if it is wanted so already."""
    if fleet is not None and fleet.desired is desired:
        return fleet
    version = 1 if fleet is None else fleet.version + 1
    return Fleet(FLEET_KEY, version, desired, requested_by, now, answered=False)


def hear(fleet: Fleet | None, version: int, now: datetime) -> Fleet | None:
    """The fleet after a replica said which version it knows.

    A replica that knows a higher one than was ever counted here means that this database is an older one: the wish is
    said again above it, or no worker would listen. One that knows a lower one, after another has answered, is late, or
    the workers' database is an older one: the wish is said again as it is.
    """
    if fleet is None:
        return None
    if version > fleet.version:
        return fleet._replace(version=version + 1, at=now, answered=False)
    return fleet._replace(answered=version == fleet.version)
